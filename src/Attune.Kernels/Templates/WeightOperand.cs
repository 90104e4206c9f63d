namespace Attune.Kernels.Templates;

/// <summary>Weights to be packed for a kernel.</summary>
/// <param name="Source">
/// Weights in ONNX order [out][in of group][kernel row][kernel column]; for a matrix product [N][K], or [K][N] when <paramref name="ReductionMajor"/>.
/// </param>
/// <param name="ReductionMajor">The source is [K][N].</param>
internal sealed record WeightOperand(WeightSource Source, bool ReductionMajor)
{
    /// <summary>Weights of the first operator of a pair.</summary>
    public WeightSource? Before { get; init; }

    /// <summary>Narrow weights, in place of the source.</summary>
    public StoredWeights? Stored { get; init; }

    /// <summary>Weights as floats, whatever they are stored as.</summary>
    public WeightOperand Widened() => Stored is { } narrow ? new WeightOperand(narrow.Widen(), narrow.ChannelsLast) : this;
}
