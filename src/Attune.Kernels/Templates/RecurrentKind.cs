namespace Attune.Kernels.Templates;

/// <summary>What a recurrent layer does at each step.</summary>
internal enum RecurrentKind
{
    /// <summary>One product, one function: ONNX's RNN.</summary>
    Plain,

    /// <summary>ONNX's GRU whose reset scales the state before its product, so that a step is two products behind each other.</summary>
    ResetBefore,

    /// <summary>ONNX's GRU whose reset scales the product with the state.</summary>
    ResetBehind,

    /// <summary>ONNX's LSTM.</summary>
    Long,
}
