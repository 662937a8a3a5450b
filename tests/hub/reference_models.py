"""Small networks of transformers, saved and exported as the hub's repositories hold them."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import quantize_dynamic
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    CLIPConfig,
    CLIPModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionModelWithProjection,
    Dinov2Config,
    Dinov2Model,
    PreTrainedTokenizerFast,
    Siglip2Tokenizer,
    SiglipConfig,
    SiglipModel,
)
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

SIDE = 32
SENTENCES = [
    "a photo of a red shoe",
    "three green apples on a table",
    "a Blue summer dress, size M",
    "the running shoes of the year 2026",
]
TOWER = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}
EYES = {**TOWER, "image_size": SIDE, "patch_size": 8}


class Named(torch.nn.Module):
    """A network reduced to the outputs that exporters give names to."""

    def __init__(self, network, inputs, outputs):
        super().__init__()
        self.network, self.inputs, self.outputs = network, inputs, outputs

    def forward(self, *given):
        found = self.network(**dict(zip(self.inputs, given, strict=True)))
        return tuple(found[name] for name in self.outputs)


def exported(network, inputs, outputs) -> bytes:
    """The network as ONNX, free in its batch and in the length of its texts."""
    examples = {
        "pixel_values": torch.zeros(2, 3, SIDE, SIDE),
        "input_ids": torch.ones(2, 7, dtype=torch.int64),
        "attention_mask": torch.ones(2, 7, dtype=torch.int64),
    }
    free = {"pixel_values": {0: "n"}, "input_ids": {0: "n", 1: "t"}}
    free["attention_mask"] = free["input_ids"]
    target = io.BytesIO()
    torch.onnx.export(
        Named(network.eval(), inputs, outputs),
        tuple(examples[name] for name in inputs),
        target,
        input_names=inputs,
        output_names=outputs,
        dynamic_axes={name: free[name] for name in inputs} | {name: {0: "n"} for name in outputs},
        opset_version=17,
        dynamo=False,
    )
    return target.getvalue()


def quantised(model: bytes) -> bytes:
    """The network with weights of a byte each, as the hub's `quantized` variants."""
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "small.onnx"
        plain.write_bytes(model)
        quantize_dynamic(plain, small)
        return small.read_bytes()


def saved(*parts) -> dict[str, bytes]:
    """The settings that transformers itself writes beside a network."""
    with tempfile.TemporaryDirectory() as folder:
        for part in parts:
            part.save_pretrained(folder)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _trained(model, trainer) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.train_from_iterator(SENTENCES * 10, trainer)
    return tokenizer


def clip_tokenizer() -> CLIPTokenizer:
    """CLIP's, with merges learnt from a few sentences."""
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=600, initial_alphabet=sorted(alphabet), end_of_word_suffix="</w>"
    )
    tokenizer.train_from_iterator(SENTENCES * 10, trainer)
    learnt = json.loads(tokenizer.to_str())["model"]
    vocabulary = dict(learnt["vocab"])
    for letter in sorted(alphabet):
        for token in (letter, letter + "</w>"):
            vocabulary.setdefault(token, len(vocabulary))
    for token in ("<|startoftext|>", "<|endoftext|>"):
        vocabulary[token] = len(vocabulary)
    merges = [tuple(pair) for pair in learnt["merges"]]
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=77)


def siglip_tokenizer() -> PreTrainedTokenizerFast:
    """A unigram tokenizer of small letters with an end, as SigLIP's is converted."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Lowercase(), normalizers.Replace(",", "")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<unk>", "</s>"]
    trainer = trainers.UnigramTrainer(vocab_size=120, special_tokens=special, unk_token="<unk>")
    tokenizer.train_from_iterator(SENTENCES * 10, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="</s>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=64,
    )


def clip():
    torch.manual_seed(1)
    tokenizer = clip_tokenizer()
    ends = {"eos_token_id": tokenizer.eos_token_id, "bos_token_id": tokenizer.bos_token_id}
    words = {**TOWER, "vocab_size": len(tokenizer), "max_position_embeddings": 77, **ends}
    network = CLIPModel(CLIPConfig(vision_config=EYES, text_config=words, projection_dim=24))
    network.config.vision_config.projection_dim = 24
    network.config.text_config.projection_dim = 24
    processor = CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    )
    return network.eval(), processor, tokenizer


def clip_photos(network: CLIPModel) -> CLIPVisionModelWithProjection:
    """The part of CLIP that sees photos, with the same weights."""
    part = CLIPVisionModelWithProjection(network.config.vision_config)
    part.load_state_dict(network.state_dict(), strict=False)
    return part.eval()


def clip_texts(network: CLIPModel) -> CLIPTextModelWithProjection:
    """The part of CLIP that reads texts, with the same weights."""
    part = CLIPTextModelWithProjection(network.config.text_config)
    part.load_state_dict(network.state_dict(), strict=False)
    return part.eval()


def siglip():
    torch.manual_seed(2)
    tokenizer = siglip_tokenizer()
    words = {**TOWER, "vocab_size": len(tokenizer), "max_position_embeddings": 64}
    network = SiglipModel(SiglipConfig(vision_config=EYES, text_config=words))
    processor = SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    return network.eval(), processor, tokenizer


def dinov2():
    torch.manual_seed(3)
    network = Dinov2Model(Dinov2Config(**TOWER, image_size=SIDE, patch_size=8))
    processor = BitImageProcessorPil(
        size={"shortest_edge": 37},
        crop_size={"height": SIDE, "width": SIDE},
        image_mean=[0.485, 0.456, 0.406],
        image_std=[0.229, 0.224, 0.225],
    )
    return network.eval(), processor


def small_letters() -> tuple[Siglip2Tokenizer, bytes]:
    """SigLIP 2's tokenizer, and the file published of it, which keeps capitals."""
    trained = _trained(
        models.BPE(unk_token="<unk>"),
        trainers.BpeTrainer(
            vocab_size=300, special_tokens=["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁"]
        ),
    )
    learnt = json.loads(trained.to_str())["model"]
    merges = [tuple(pair) for pair in learnt["merges"]]
    tokenizer = Siglip2Tokenizer(vocab=learnt["vocab"], merges=merges, padding_side="right")
    backend = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    backend.normalizer = normalizers.Replace(" ", "▁")
    return tokenizer, backend.to_str().encode()
