"""Training, and networks from PyTorch (extra `tune`). The only room that imports torch.

head_training.py        a catalogue's features to a projection that knows its products better
head_report.py          what such a training is asked for, tells, and comes to
examples.py             features, and which of them belong together
head_work.py            what a tuning run of a head learns from, and how
pseudo_labels.py        photos without labels, where the catalogue is sure of them
photo_features.py       features made of a collection's photos, one by one
kept_arrays.py          and kept on disk
map_views.py            parts of photos as views of them
splitting.py            what is kept aside to judge by
whitening.py            where a head begins
heads.py                the head, and how it is fed
losses.py               what training makes small
head_loop.py            epochs, until nothing gets better
checkpoint.py      where training stands, on disk
head_recall.py          how often the right product comes first
interpolation.py        the head beside the untouched space; shorter vectors

trainable.py            the networks that can be trained, by the name of a model
lite_network.py         the bundled ones
stages.py               a network's parts from the photo upward
adapters.py             few weights to train beside many frozen ones: LoRA
named_network.py        a network as it was found somewhere
open_clip_networks.py   image towers by the names of open_clip
distillation_loss.py    a small network learns from a large one

network_export.py       a network to a model folder, proven before it is there
tracing.py              a network to one ONNX file
new_folder.py           a folder that is there whole or not at all
parity.py               Goodsight's vectors of photos against PyTorch's
text_parity.py          and of texts
weights.py              weight files that cannot execute anything
timm_networks.py        networks by the names of timm
timm_settings.py        how timm says that photos are prepared
transformers_export.py  published models without ONNX files: CLIP, SigLIP, DINOv2
published_folder.py     their files, checked before a network is made of them
towers.py               their halves for photos and for texts

Nothing is imported here: what the files need is installed with the extra only.
"""
