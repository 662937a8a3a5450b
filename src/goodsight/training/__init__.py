"""Networks from PyTorch become model folders (extra `tune`). The only room that imports torch.

network_export.py       a network to a model folder, proven before it is there
tracing.py              a network to one ONNX file
new_folder.py           a folder that is there whole or not at all
parity.py               Goodsight's vectors of photos against PyTorch's
text_parity.py          and of texts
weights.py              weight files that cannot execute anything
timm_networks.py        networks by the names of timm
timm_settings.py        how timm says that photos are prepared
transformers_export.py  published models without ONNX files: CLIP, SigLIP, DINOv2
towers.py               their halves for photos and for texts

Nothing is imported here: what the files need is installed with the extra only.
"""
