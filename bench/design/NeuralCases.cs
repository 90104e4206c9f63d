using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Scalable;
using Attune.Design.Search;
using Attune.Learning.Linear;
using Attune.Learning.Networks;

namespace Attune.Bench.Design;

/// <summary>
/// Queries of the neural optimiser against an evolutionary search of 1,000 children on the same networks, at the sizes of the experiment on public
/// measurements: six genes of five values, two latency networks and one of accuracy. Devices are made up; training is short, since answers are not judged here.
/// </summary>
internal static class NeuralCases
{
    /// <summary>Budgets asked for on a device, as in the experiment.</summary>
    public const int BudgetsPerDevice = 17;

    /// <summary>Position of the search among the cases.</summary>
    public const int Search = 0;

    /// <summary>Position of the first query on a device.</summary>
    public const int First = 1;

    /// <summary>Position of further queries.</summary>
    public const int Further = 2;

    private const int Genes = 6;
    private const int ValuesPerGene = 5;
    private const int KnownDevices = 6;
    private const int References = 10;
    private const int Steps = 300;
    private const int Repeats = 1000;
    private static readonly (double Min, double Max) Range = (0.3, 60);

    /// <summary>The cases: search, first query, further queries.</summary>
    public static ImmutableArray<DesignCase> All()
    {
        ImmutableArray<int> values = [.. Enumerable.Repeat(ValuesPerGene, Genes)];
        var space = new PlainGeneSpace(values);
        int[][] designs = [.. FrontSearch.Designs(space)];
        DenseMatrix rows = Encoded(designs, values);
        double[][] latencies = [.. Enumerable.Range(0, KnownDevices + 1).Select(device => Additive(designs, device))];
        int[] references = DeviceEmbedding.ReferenceDesigns(latencies[..KnownDevices], References, new Random(1));
        DeviceEmbedding[] embeddings = [.. latencies.Select(known => DeviceEmbedding.Of([.. references.Select(i => known[i])]))];
        TrainingDevice[] known = [.. Enumerable.Range(0, KnownDevices).Select(d => new TrainingDevice($"device {d}", latencies[d], embeddings[d]))];
        var training = new NetworkTraining { Steps = Steps, Batch = 256, Rate = 3e-3, Decay = 0.02 };
        DenseNetwork<float> accuracyNetwork = AccuracyNetwork.Train(rows, [.. Additive(designs, 99).Select(value => 10 * value)], training: training);
        var predictor = ScalablePredictor.Train(rows, known, 900, new ScalableOptions { Members = 2, Training = training });
        var optimizer = NeuralOptimizer.Train(
            values,
            accuracyNetwork,
            predictor,
            [.. known.Select(device => device.Embedding.Features)],
            new NeuralOptions { Form = NeuralForm.Multiplier, Range = Range, Steps = Steps });
        var accuracy = NetworkDesignModel.OfAccuracy(accuracyNetwork, values);
        var latency = NetworkDesignModel.OfLatency(predictor, values, embeddings[KnownDevices]);
        double[] sorted = [.. latencies[KnownDevices].Order()];
        double[] budgets = [.. Enumerable.Range(0, BudgetsPerDevice).Select(b => sorted[(int)((0.1 + (0.05 * b)) * (sorted.Length - 1))])];
        var options = new EvolutionOptions { Population = 40, Generations = 24 };
        var kept = DeviceProposals.Of(optimizer, embeddings[KnownDevices], Range, space, accuracy, latency);
        var answers = new DesignPoint[10];
        return
        [
            new("evolutionary search of 1,000 children on networks", "query", budgets.Length, double.PositiveInfinity, () =>
            {
                foreach (double budget in budgets)
                {
                    new EvolutionarySearch(space, accuracy, latency, options).Run(budget);
                }
            }),
            new("neural optimiser, first query on a device", "query", budgets.Length, double.PositiveInfinity, () =>
            {
                foreach (double budget in budgets)
                {
                    DeviceProposals.Of(optimizer, embeddings[KnownDevices], Range, space, accuracy, latency).Within(budget, answers);
                }
            }),
            new("neural optimiser, further queries on it", "query", budgets.Length * Repeats, double.PositiveInfinity, () =>
            {
                for (int repeat = 0; repeat < Repeats; repeat++)
                {
                    foreach (double budget in budgets)
                    {
                        kept.Within(budget, answers);
                    }
                }
            }),
        ];
    }

    private static DenseMatrix Encoded(int[][] designs, ImmutableArray<int> values)
    {
        DenseMatrix withConstant = OneHot.Of(designs, values);
        var rows = new DenseMatrix(withConstant.Rows, withConstant.Columns - 1);
        for (int i = 0; i < rows.Rows; i++)
        {
            withConstant.Row(i)[..^1].CopyTo(rows.Row(i));
        }

        return rows;
    }

    private static double[] Additive(int[][] designs, int seed)
    {
        var random = new Random(seed);
        double[] terms = [.. Enumerable.Range(0, Genes * ValuesPerGene).Select(_ => random.NextDouble())];
        return [.. designs.Select(genes => 1 + genes.Select((value, gene) => terms[(gene * ValuesPerGene) + value]).Sum())];
    }
}
