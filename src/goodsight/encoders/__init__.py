"""Photos in, unit vectors and feature maps out, by ONNX Runtime and without torch."""

from goodsight.encoders.bundled import BUNDLED
from goodsight.encoders.int8_folder import check_int8, write_int8_folder
from goodsight.encoders.joined import JoinedEncoder
from goodsight.encoders.joined_folder import open_folder, write_joined_folder
from goodsight.encoders.joint import JointEncoder
from goodsight.encoders.library import DEFAULT_PROVIDERS, ModelLibrary
from goodsight.encoders.model_folder import open_model_folder
from goodsight.encoders.onnx_encoder import OnnxEncoder, OnnxFeatureMapEncoder
from goodsight.encoders.projected import ProjectedEncoder
from goodsight.encoders.texts import E5TextEncoder, can_encode_texts

__all__ = [
    "BUNDLED",
    "DEFAULT_PROVIDERS",
    "E5TextEncoder",
    "JoinedEncoder",
    "JointEncoder",
    "ModelLibrary",
    "OnnxEncoder",
    "OnnxFeatureMapEncoder",
    "ProjectedEncoder",
    "can_encode_texts",
    "check_int8",
    "open_folder",
    "open_model_folder",
    "write_int8_folder",
    "write_joined_folder",
]
