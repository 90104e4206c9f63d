using System.Collections.Immutable;
using Attune.Design.Objectives;
using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Design.Spaces.Reading;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Kernels.Targets;
using Attune.Records.Documents;

namespace Attune.Bench.Design;

/// <summary>
/// The unit predictor of the sample space, and the evolutionary search on it. Times of units are made up from their sizes: what they are does not change the
/// work.
/// </summary>
internal static class UnitCases
{
    private const string Sample = "samples/mobile-small.json";
    private const int Designs = 4096;
    private const int Passes = 8;

    // 100,000 predictions a second, and 50,000 evaluations a second.
    private const double PredictionLimit = 10;
    private const double EvaluationLimit = 20;
    private const double FlopsPerMs = 2e7;
    private const double BytesPerMs = 4e6;

    /// <summary>The cases.</summary>
    /// <exception cref="InvalidOperationException">The sample space cannot be read.</exception>
    public static ImmutableArray<DesignCase> All()
    {
        Result<DesignSpace, DocumentError> read = SpaceReader.Read(Sample);
        DesignSpace space = read.Value ?? throw new InvalidOperationException($"{Sample}: {read.Error!.Problems[0].Message}");
        var encoder = new UnitEncoder(new DesignNetworks(space, Path.GetTempPath(), allowPrograms: false, TimeProvider.System), batch: 1, HostTarget.Widest);
        var latency = new UnitSum(encoder, unit => Math.Max(unit.Flops / FlopsPerMs, unit.Bytes / BytesPerMs), 0.05);
        var worth = new ZeroCostAccuracy("capacity", encoder);
        var random = new Random(1);
        int[][] designs = [.. Enumerable.Range(0, Designs).Select(_ => space.Sample(random).Choices.ToArray())];
        double[] sorted = [.. designs.Select(genes => latency.Predict(genes)).Order()];
        var options = new EvolutionOptions();
        int evaluations = options.Population * (options.Generations + 1);
        return
        [
            new("unit predictor, mobile-small", "prediction", Designs * Passes, PredictionLimit, () =>
            {
                for (int pass = 0; pass < Passes; pass++)
                {
                    foreach (int[] genes in designs)
                    {
                        latency.Predict(genes);
                    }
                }
            }),
            new(
                $"evolutionary search on it, {evaluations} evaluations, median budget",
                "evaluation",
                evaluations,
                EvaluationLimit,
                () => new EvolutionarySearch(space, worth, latency, options).Run(sorted[sorted.Length / 2])),
            new(
                $"the same, budget of the fastest tenth",
                "evaluation",
                evaluations,
                EvaluationLimit,
                () => new EvolutionarySearch(space, worth, latency, options).Run(sorted[sorted.Length / 10])),
        ];
    }
}
