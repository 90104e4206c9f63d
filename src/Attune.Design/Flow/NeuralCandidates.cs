using System.Collections.Immutable;
using Attune.Design.Scalable;
using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Learning.Linear;
using Attune.Learning.Networks;
using Attune.Numerics;

namespace Attune.Design.Flow;

/// <summary>
/// Candidates from a network that answers device and budget with designs at once (approach 2): predictors over pairs of design and device learn from what the
/// store's devices are predicted to take, the optimiser is trained through them, its proposals and their neighbours are judged by the target's own predictions.
/// Needs two devices. Training takes longer than one evolutionary search; it pays where many budgets are asked for.
/// </summary>
internal sealed class NeuralCandidates
{
    private const int References = 10;
    private const double Points = 5;
    private readonly NeuralOptimizer optimizer;
    private readonly DeviceEmbedding embedding;
    private readonly DesignSpace space;
    private readonly ValueModel value;
    private readonly IDesignModel latency;

    private NeuralCandidates(NeuralOptimizer optimizer, DeviceEmbedding embedding, DesignSpace space, ValueModel value, IDesignModel latency)
    {
        this.optimizer = optimizer;
        this.embedding = embedding;
        this.space = space;
        this.value = value;
        this.latency = latency;
    }

    /// <summary>Trains.</summary>
    /// <param name="space">The space.</param>
    /// <param name="value">What is to be large.</param>
    /// <param name="latency">Predicted latency on the target.</param>
    /// <param name="others">Predicted latencies on other devices, at least one.</param>
    /// <param name="training">Effort.</param>
    /// <param name="seed">Seed.</param>
    public static NeuralCandidates Train(
        DesignSpace space, ValueModel value, IDesignModel latency, IReadOnlyList<IDesignModel> others, NeuralEffort training, int seed)
    {
        var random = new Random(seed);
        int[][] designs = [.. Enumerable.Range(0, training.Designs).Select(_ => space.Sample(random).Choices.ToArray())];
        ImmutableArray<int> values = [.. space.Genes.Select(gene => gene.Values.Length)];
        DenseMatrix rows = Encode(values, designs);
        double[][] latencies = [.. others.Prepend(latency).Select(model => designs.Select(genes => model.Predict(genes)).ToArray())];
        int[] references = DeviceEmbedding.ReferenceDesigns(latencies, References, random);
        TrainingDevice[] devices = [.. latencies.Select(
            (ms, i) => new TrainingDevice($"device {i}", ms, DeviceEmbedding.Of([.. references.Select(design => ms[design])])))];
        var descent = new NetworkTraining { Steps = training.Steps, Batch = training.Batch, Rate = 3e-3, Decay = 0.02 };
        var predictor = ScalablePredictor.Train(
            rows, devices, training.Designs, new ScalableOptions { Hidden = training.Hidden, Members = training.Members, Training = descent, Seed = seed });
        double[] worth = [.. designs.Select(genes => value.Model.Predict(genes))];
        double[] known = [.. worth.Where(double.IsFinite)];
        double mean = known.Average();
        double deviation = Math.Max(1e-12, Moments.PopulationDeviation(known));
        // The optimiser's penalties are in points of accuracy; other values are brought to a spread of some points.
        DenseNetwork<float> accuracy = AccuracyNetwork.Train(
            rows, [.. worth.Select(each => double.IsFinite(each) ? Points * (each - mean) / deviation : double.NaN)], training.Hidden, descent, seed);
        double reference = Math.Exp(devices[0].Embedding.LogSpeed);
        var options = new NeuralOptions
        {
            Members = training.Members,
            Hidden = training.Hidden,
            Steps = training.Steps,
            Batch = training.Batch,
            Range = (0.8 * latencies[0].Min() / reference, 1.2 * latencies[0].Max() / reference),
            Seed = seed,
        };
        var trained = NeuralOptimizer.Train(values, accuracy, predictor, [.. devices.Select(device => device.Embedding.Features)], options);
        return new NeuralCandidates(trained, devices[0].Embedding, space, value, latency);
    }

    /// <summary>Designs within a budget, the most valuable first.</summary>
    /// <param name="budget">Most predicted latency, milliseconds.</param>
    /// <param name="count">How many at most.</param>
    public ImmutableArray<(SpacePoint Point, double Value, double Cost)> Within(double budget, int count) =>
    [
        .. new NeuralQuery(space, value.Model, latency).ForBudget(optimizer, embedding, budget, count, local: true)
            .Where(design => design.Cost <= budget && !double.IsNaN(design.Value))
            .Select(design => (new SpacePoint([.. design.Genes]), design.Value, design.Cost)),
    ];

    private static DenseMatrix Encode(ImmutableArray<int> values, int[][] designs)
    {
        var rows = new DenseMatrix(designs.Length, values.Sum());
        for (int i = 0; i < designs.Length; i++)
        {
            int start = 0;
            for (int gene = 0; gene < values.Length; gene++)
            {
                rows.Row(i)[start + designs[i][gene]] = 1;
                start += values[gene];
            }
        }

        return rows;
    }
}
