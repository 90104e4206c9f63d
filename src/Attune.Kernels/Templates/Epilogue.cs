namespace Attune.Kernels.Templates;

/// <summary>What a kernel does to its sums before it stores them: activation(sum + bias + residual).</summary>
/// <param name="HasBias">Adds a bias per output channel.</param>
/// <param name="HasResidual">Adds a tensor of the output's shape.</param>
/// <param name="Activation">Name of the activation as in <see cref="FusedOperators.Activation"/>.</param>
/// <param name="Alpha">First parameter of the activation.</param>
/// <param name="Beta">Second parameter of the activation.</param>
internal sealed record Epilogue(bool HasBias, bool HasResidual, string Activation, float Alpha, float Beta)
{
    /// <summary>Bias and ReLU: what tasks are measured with.</summary>
    public static Epilogue Typical { get; } = new(true, false, "relu", 0, 0);

    /// <summary>The sums as they are.</summary>
    public static Epilogue None { get; } = new(false, false, "none", 0, 0);

    /// <summary>Activations that the templates can fuse.</summary>
    public static IReadOnlySet<string> Activations { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "none", "relu", "clip", "leaky_relu", "sigmoid", "silu", "hard_swish", "hard_sigmoid", "gelu", "gelu_tanh", "tanh",
    };
}
