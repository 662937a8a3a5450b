"""Requests in words in, a language model's proposals out.

A server that speaks the chat-completions protocol is asked; which one, the owner says.
"""

from goodsight.language.chat_model import ChatModel

__all__ = ["ChatModel"]
