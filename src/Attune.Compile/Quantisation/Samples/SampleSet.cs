using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Measuring.Models;

namespace Attune.Compile.Quantisation.Samples;

/// <summary>Inputs of a network to calibrate and to measure on.</summary>
/// <param name="Inputs">The samples, each with a tensor for every input of the network; at least one.</param>
/// <param name="Labels">Right answers, as many for each sample as the network's first output holds; empty when nobody knows.</param>
/// <param name="IsRandom">True when the inputs are random numbers, which say little about real ones: to be told wherever the result is shown.</param>
public sealed record SampleSet(ImmutableArray<IReadOnlyDictionary<string, Tensor>> Inputs, ImmutableArray<int> Labels, bool IsRandom)
{
    /// <summary>Most samples of a set.</summary>
    public const int MaxSamples = 10_000;

    /// <summary>What is suspicious about the samples.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Random samples, the same for the same seed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">Any number.</param>
    public static SampleSet Random(Network network, int count, int seed) =>
        new([.. Enumerable.Range(0, count).Select(i => RandomInputs.For(network.Inputs, seed + i))], [], IsRandom: true)
        {
            Warnings =
            [
                "Calibrated on random numbers: ranges of activations, and how far the results are off, say little about real inputs. Give a folder of those.",
            ],
        };
}
