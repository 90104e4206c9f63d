namespace Attune.Runtime.Plan;

/// <summary>What a step does.</summary>
internal enum StepKind
{
    /// <summary>A searched kernel: convolution or matrix product.</summary>
    Convolution,

    /// <summary>Maximum pooling.</summary>
    MaxPool,

    /// <summary>Average pooling.</summary>
    AveragePool,

    /// <summary>Average over the whole image.</summary>
    GlobalAverage,

    /// <summary>Rounds dense images of floats to narrower elements with all channels of a pixel next to each other.</summary>
    Quantize,

    /// <summary>Rounds floats to bytes whose scale and zero follow from the floats.</summary>
    DynamicQuantize,

    /// <summary>Element-wise operator.</summary>
    Elementwise,

    /// <summary>Every pixel repeated: nearest-neighbour enlargement by whole factors.</summary>
    Enlarge,

    /// <summary>Concatenation of channels; inputs that already lie in place cost nothing.</summary>
    Concat,

    /// <summary>The same memory under another shape: nothing to do.</summary>
    Alias,

    /// <summary>Softmax over the last axis.</summary>
    Softmax,

    /// <summary>Normalisation of rows to mean zero and variance one.</summary>
    LayerNorm,

    /// <summary>Scaled dot-product attention.</summary>
    Attention,

    /// <summary>Recurrent layer behind the products of its inputs.</summary>
    Recurrent,

    /// <summary>Product of two activations.</summary>
    MatMul,

    /// <summary>Permutation of axes.</summary>
    Transpose,

    /// <summary>Moves elements of dense memory.</summary>
    Copy,

    /// <summary>Copies a value into another layout.</summary>
    Convert,

    /// <summary>Runs the reference kernel.</summary>
    Reference,

    /// <summary>The end of a network whose types are known only while it runs; planned then, when all other steps are done.</summary>
    Dynamic,
}
