# pyright: basic
# ruff: noqa: PLC0415 - each function is self-contained: its source is printed into regression tests
"""Tiny models of random weights: one function a family.

Each function stands alone and uses nothing of shapeguard, so that its source can be printed into a
regression test. All models have two layers, 4 heads and hidden size 32 (T5 with ``d_kv=10``, LLaMA
and Mistral with 2 key and value heads).
"""

from __future__ import annotations

from typing import Any


def bert(attention: str) -> Any:  # noqa: ANN401 - transformers' models
    """Build an encoder."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=100,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=32,
        attn_implementation=attention,
    )
    return BertModel(config).eval()


def distilbert(attention: str) -> Any:  # noqa: ANN401 - transformers' models
    """Build an encoder that has its own attention mask."""
    import torch
    from transformers import DistilBertConfig, DistilBertModel

    torch.manual_seed(0)
    config = DistilBertConfig(
        vocab_size=100,
        dim=32,
        n_layers=2,
        n_heads=4,
        hidden_dim=48,
        max_position_embeddings=32,
        attn_implementation=attention,
    )
    return DistilBertModel(config).eval()


def roberta(attention: str) -> Any:  # noqa: ANN401 - transformers' models
    """Build an encoder whose positions depend on padding tokens."""
    import torch
    from transformers import RobertaConfig, RobertaModel

    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=100,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=32,
        attn_implementation=attention,
    )
    return RobertaModel(config).eval()


def gpt2(attention: str) -> Any:  # noqa: ANN401 - transformers' models
    """Build a causal decoder with learned positions."""
    import torch
    from transformers import GPT2Config, GPT2Model

    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=100,
        n_embd=32,
        n_layer=2,
        n_head=4,
        n_inner=48,
        n_positions=32,
        use_cache=False,
        attn_implementation=attention,
    )
    return GPT2Model(config).eval()


def t5(attention: str) -> Any:  # noqa: ANN401 - transformers' models
    """Build an encoder and decoder with relative positions; the heads are wider than hidden."""
    import torch
    from transformers import T5Config, T5Model

    torch.manual_seed(0)
    config = T5Config(
        vocab_size=100,
        d_model=32,
        d_kv=10,
        d_ff=48,
        num_layers=2,
        num_heads=4,
        use_cache=False,
        attn_implementation=attention,
    )
    return T5Model(config).eval()


def bart(attention: str) -> Any:  # noqa: ANN401 - transformers' models
    """Build an encoder and decoder with learned positions."""
    import torch
    from transformers import BartConfig, BartModel

    torch.manual_seed(0)
    config = BartConfig(
        vocab_size=100,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=48,
        decoder_ffn_dim=48,
        max_position_embeddings=32,
        use_cache=False,
        attn_implementation=attention,
    )
    return BartModel(config).eval()


def llama(attention: str) -> Any:  # noqa: ANN401 - transformers' models
    """Build a causal decoder in which two heads share keys and values."""
    import torch
    from transformers import LlamaConfig, LlamaModel

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=100,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=48,
        max_position_embeddings=32,
        use_cache=False,
        attn_implementation=attention,
    )
    return LlamaModel(config).eval()


def mistral(attention: str) -> Any:  # noqa: ANN401 - transformers' models
    """Build a causal decoder in which two heads share keys and values."""
    import torch
    from transformers import MistralConfig, MistralModel

    torch.manual_seed(0)
    config = MistralConfig(
        vocab_size=100,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=48,
        max_position_embeddings=32,
        use_cache=False,
        attn_implementation=attention,
    )
    return MistralModel(config).eval()


def vit(attention: str) -> Any:  # noqa: ANN401 - transformers' models
    """Build an encoder of images: 4 patches and a class token."""
    import torch
    from transformers import ViTConfig, ViTModel

    torch.manual_seed(0)
    config = ViTConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        image_size=8,
        patch_size=4,
        attn_implementation=attention,
    )
    return ViTModel(config, add_pooling_layer=False).eval()


def whisper(attention: str) -> Any:  # noqa: ANN401 - transformers' models
    """Build an encoder of sound and a decoder."""
    import torch
    from transformers import WhisperConfig, WhisperModel

    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=100,
        num_mel_bins=8,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=48,
        decoder_ffn_dim=48,
        max_source_positions=6,
        max_target_positions=32,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
        use_cache=False,
        attn_implementation=attention,
    )
    return WhisperModel(config).eval()


def add_adapters(model: Any, configs: dict[str, Any]) -> Any:  # noqa: ANN401 - transformers' models
    """Add adapters whose weights change the output noticeably, the same in each call."""
    import adapters
    import torch

    torch.manual_seed(0)
    adapters.init(model)
    for name, config in configs.items():
        model.add_adapter(name, config=config)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parts = set(name.split("."))
            # What torch keeps of an orthogonal matrix cannot be any numbers.
            if parts & set(configs) and "parametrizations" not in parts:
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)
    return model.eval()
