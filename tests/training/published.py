"""Tiny models in the files of the hub, random weights: CLIP, SigLIP, DINOv2."""

from __future__ import annotations

import json
import string

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

SIDE = 32
LENGTH = 16
TOWER = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
VISION = {**TOWER, "image_size": SIDE, "patch_size": 8}
WORDS = ["[PAD]", "[UNK]", "a", "of", "red", "shoes", "wool", "photo", "three", "green", "apples"]
# The end has the highest number, by which the older CLIP finds it.
VOCABULARY = {word: number for number, word in enumerate([*WORDS, *string.digits, "[END]"])}
END = VOCABULARY["[END]"]
TEXT = {
    **TOWER,
    "vocab_size": len(VOCABULARY),
    "max_position_embeddings": LENGTH,
    "pad_token_id": 0,
    "bos_token_id": None,
    "eos_token_id": END,
}


def clip():
    config = transformers.CLIPConfig(text_config=TEXT, vision_config=VISION, projection_dim=24)
    return transformers.CLIPModel(config)


def siglip():
    config = transformers.SiglipConfig(
        text_config={**TEXT, "projection_size": 32}, vision_config=VISION
    )
    return transformers.SiglipModel(config)


def dinov2():
    # Taught with larger photos than it is asked with, as the published one.
    return transformers.Dinov2Model(
        transformers.Dinov2Config(**{**VISION, "image_size": 2 * SIDE}, mlp_ratio=2)
    )


def clip_photos():
    return transformers.CLIPVisionModel(transformers.CLIPVisionConfig(**VISION))


PROCESSORS = {
    "clip": {"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": SIDE}},
    "siglip": {
        "image_processor_type": "SiglipImageProcessor",
        "size": {"height": SIDE, "width": SIDE},
    },
    "dinov2": {
        "image_processor_type": "BitImageProcessor",
        "size": {"shortest_edge": SIDE + 6},
        "resample": 3,
    },
}
PROCESSORS = {
    kind: {**document, "crop_size": {"height": SIDE, "width": SIDE}}
    for kind, document in PROCESSORS.items()
}
KINDS = {
    "clip": (clip, "clip"),
    "siglip": (siglip, "siglip"),
    "dinov2": (dinov2, "dinov2"),
    "clip_photos": (clip_photos, "clip"),
}
SEE_TEXTS = ("clip", "siglip")


def tokenizer():
    made = Tokenizer(models.WordLevel(VOCABULARY, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="$A [END]", special_tokens=[("[END]", END)]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made,
        pad_token="[PAD]",
        unk_token="[UNK]",
        eos_token="[END]",
        model_max_length=LENGTH,
    )


def published(kind, folder):
    """Save a model as its publisher would; the network as it is saved."""
    build, processor = KINDS[kind]
    torch.manual_seed(0)
    network = build().eval()
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            # As they begin, all photos look nearly the same.
            if tensor.ndim >= 2:
                tensor.normal_(0, 0.15 if "embedding" not in name else 0.5)
    network.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(PROCESSORS[processor]))
    if kind in SEE_TEXTS:
        tokenizer().save_pretrained(folder)
    return network
