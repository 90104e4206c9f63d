using System.Collections.Immutable;

namespace Attune.Runtime;

/// <summary>How a tuned model's network was made from one of floats before it was tuned, and what that cost.</summary>
/// <param name="Precision">What was asked for: i8 or mixed.</param>
/// <param name="Layers">Layers that compute on bytes.</param>
/// <param name="FloatLayers">Names of the layers that could have and stay in floats.</param>
/// <param name="Loss">
/// What was lost on the samples: a share of right answers where <see cref="Accuracy"/> is known, of answers that agree where there are any, else the
/// relative error; null where that is without bound.
/// </param>
/// <param name="AllowedLoss">What was allowed to be lost; null where nothing was said.</param>
/// <param name="RelativeError">The largest relative error of an output; null where it is without bound.</param>
/// <param name="Samples">Samples that it was measured on.</param>
public sealed record PrecisionSummary(
    string Precision, int Layers, ImmutableArray<string> FloatLayers, double? Loss, double? AllowedLoss, double? RelativeError, int Samples)
{
    /// <summary>Names of the layers that multiply brain floats.</summary>
    public ImmutableArray<string> BrainLayers { get; init; } = [];

    /// <summary>Share of right answers of the network of floats, 0 to 1; null without labels.</summary>
    public double? FloatAccuracy { get; init; }

    /// <summary>The same of this network.</summary>
    public double? Accuracy { get; init; }

    /// <summary>
    /// SHA-256 of network, samples and options, lower-case hexadecimal: where they are the same again, the layers need not be chosen again. Null where the
    /// choice was interrupted.
    /// </summary>
    public string? Inputs { get; init; }
}
