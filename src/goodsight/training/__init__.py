"""Networks from PyTorch become model folders (extra `tune`). The only room that imports torch.

network_export.py       a network to a model folder, proven before it is there
tracing.py              a network to one ONNX file
parity.py               Goodsight's vectors against PyTorch's
weights.py              weight files that cannot execute anything
timm_networks.py        networks by the names of timm
timm_settings.py        how timm says that photos are prepared

Nothing is imported here: what the files need is installed with the extra only.
"""
