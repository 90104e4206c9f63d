using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Learning;
using Attune.Learning.Gaussian;
using Attune.Records;
using Attune.Tuning.Search;

namespace Attune.Bench.Thinking;

/// <summary>What tuners do between measurements, at the sizes that their budgets are meant for. All inputs are synthetic and seeded.</summary>
internal static class ThinkingCases
{
    private const int Observations = 1000;
    private const int Batch = 8;
    private const int SourceRows = 1500;
    private const int TargetRows = 64;
    private const int Columns = 30;

    /// <summary>The cases.</summary>
    public static ImmutableArray<ThinkingCase> All()
    {
        DeepGaussianProcess process = Trained();
        (FeatureTable features, float[] labels) = Rows(TargetRows, seed: 2, shift: 0.5f);
        Space space = Convolution();
        Observation[] known = Measured(space);
        Space gpu = FirstLayer();
        Observation[] knownOfGpu = Measured(gpu);
        return
        [
            new($"MAP tune of the deep process to {TargetRows} rows", 500, 1, () => () => process.Tune(features, labels)),
            new("BTED, 10 batches of 500, 64 points", 150, 1, () => FirstAsk("bted", space, 64)),
            new($"bted+bao, per trial at {Observations} observations", 20, Batch, () => LaterAsk("bted+bao", space, known)),
            new("BTED in the space of VGG-16's first layer on a GPU, 64 points", double.PositiveInfinity, 1, () => FirstAsk("bted", gpu, 64)),
            new($"bted+bao there, per trial at {Observations} observations", 20, Batch, () => LaterAsk("bted+bao", gpu, knownOfGpu)),
            new($"auto, per trial at {Observations} observations", double.PositiveInfinity, Batch, () => LaterAsk("auto", space, known)),
        ];
    }

    private static Action FirstAsk(string searcher, Space space, int count)
    {
        ISearcher search = SearcherCatalog.Create(searcher, space, new SearcherOptions { InitialPoints = count, ExpectedTrials = count });
        return () => search.Ask(count);
    }

    // A search that goes on: its first step after so many results, which fits everything from scratch, is not counted.
    private static Action LaterAsk(string searcher, Space space, Observation[] known)
    {
        ISearcher search = SearcherCatalog.Create(searcher, space, new SearcherOptions { ExpectedTrials = 2 * Observations });
        search.Tell(known);
        search.Tell([.. search.Ask(Batch).Select(point => Observe(space, point))]);
        return () => search.Ask(Batch);
    }

    private static DeepGaussianProcess Trained()
    {
        (FeatureTable features, float[] labels) = Rows(SourceRows, seed: 1, shift: 0);
        var process = new DeepGaussianProcess(new DeepGaussianOptions { InducingPoints = 64, Width = 5, Steps = 60 });
        process.Fit(features, labels, []);
        return process;
    }

    private static (FeatureTable Features, float[] Labels) Rows(int rows, int seed, float shift)
    {
        var random = new Random(seed);
        var features = new FeatureTable(Columns, rows);
        var labels = new float[rows];
        var row = new float[Columns];
        for (int i = 0; i < rows; i++)
        {
            for (int column = 0; column < Columns; column++)
            {
                row[column] = random.Next(8);
            }

            features.Add(row);
            labels[i] = shift - (0.1f * (((row[0] - 4) * (row[0] - 4)) + ((row[1] - row[2]) * (row[1] - row[2]))));
        }

        return (features, labels);
    }

    /// <summary>As many points as a convolution of VGG-16 has on a GPU.</summary>
    private static Space Convolution() => new(
    [
        Knob.Split("tile_f", 128, 4), Knob
            .Split("tile_y", 112, 4), Knob
            .Split("tile_x", 112, 4), Knob
            .Split("tile_rc", 64, 2), Knob
            .Split("tile_ry", 3, 2), Knob
            .Split("tile_rx", 3, 2),
        Knob.Scale("unroll", 0, 512, 1500), Knob.Flag("explicit"),
    ]);

    /// <summary>What a tune for CUDA searches: AutoTVM's 202,309,632 points of the direct template, and those of the other templates.</summary>
    private static Space FirstLayer()
    {
        var layer = ConvolutionWorkload.TryParse("conv2d/1x3x224x224/64x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1")!;
        return KernelTemplates.CreateSpace(layer, new KernelTarget { Kind = TargetKind.Cuda, Lanes = 1, Groups = new GroupLimits(1024, 48 << 10, 32) });
    }

    private static Observation[] Measured(Space space)
    {
        ISearcher random = SearcherCatalog.Create("random", space, new SearcherOptions { Seed = 3 });
        return [.. random.Ask(Observations).Select(point => Observe(space, point))];
    }

    private static Observation Observe(Space space, long point) => new(point, Outcome.Ok, 1 + (space.Decode(point).Sum(value => value % 13) / 10.0));
}
