using System.Collections.Immutable;

namespace Attune.Compile.Quantisation.Session;

/// <summary>What quantising a network cost, measured by running both on samples.</summary>
/// <param name="Samples">Samples that both ran on.</param>
/// <param name="Answers">Answers of the first output on all of them; 0 where it holds none.</param>
/// <param name="Outputs">How far each output is off.</param>
/// <param name="Agreement">Share of the answers in which both agree; null where there are none.</param>
/// <param name="FloatAccuracy">Share of the answers in which the network of floats is right; null without labels.</param>
/// <param name="Accuracy">The same of the network on bytes.</param>
public sealed record QuantisationCost(
    int Samples, int Answers, ImmutableArray<OutputCost> Outputs, double? Agreement, double? FloatAccuracy, double? Accuracy)
{
    /// <summary>The largest relative error of an output.</summary>
    public double RelativeError => Outputs.Max(output => output.RelativeError);

    /// <summary>
    /// What is lost, a share: of right answers where there are labels, of answers that agree where there are answers, or else the relative error. Below zero
    /// where rounding happens to give more right answers.
    /// </summary>
    public double Loss => FloatAccuracy is { } before && Accuracy is { } after ? before - after : 1 - Agreement ?? RelativeError;
}
