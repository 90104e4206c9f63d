using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Scalable;
using Attune.Design.Search;
using Attune.Learning.Linear;
using Attune.Learning.Networks;
using Attune.Numerics;

namespace Attune.Design.Tests.Scalable;

public sealed class ScalableTests
{
    private static readonly ImmutableArray<int> Values = [3, 3, 3, 3];
    private static readonly int[][] Designs = [.. FrontSearch.Designs(new PlainGeneSpace(Values))];
    private static readonly ScalableOptions Quick = new()
    {
        Hidden = 24,
        Members = 2,
        Training = new NetworkTraining { Steps = 500, Batch = 64, Rate = 1e-2, Decay = 0 },
    };
    private readonly DenseMatrix encoded = Genes();
    private readonly int[] references;
    private readonly TrainingDevice[] devices;

    public ScalableTests()
    {
        double[][] latencies = [.. Enumerable.Range(0, 5).Select(d => Latencies(d / 4.0))];
        references = DeviceEmbedding.ReferenceDesigns(latencies, 6, new Random(1));
        devices = [.. latencies.Select((values, d) => new TrainingDevice($"device {d}", values, Embedding(values)))];
    }

    [Fact]
    public void An_unseen_device_between_known_ones_is_ordered_from_its_references()
    {
        var predictor = ScalablePredictor.Train(encoded, devices, 60, Quick);
        double[] truth = Latencies(0.4);
        (double[] mean, double[] deviation) = predictor.Predict(encoded, Embedding(truth));
        Spearman.Of(mean, truth).ShouldBeGreaterThan(0.95);
        deviation.ShouldAllBe(value => value >= 0 && double.IsFinite(value));
        // The logarithm's unit is that of milliseconds: speed comes from the references.
        Enumerable.Range(0, truth.Length).Average(i => Math.Abs(mean[i] - Math.Log(truth[i]))).ShouldBeLessThan(0.15);
        int[] measured = [.. Enumerable.Range(0, 30).Select(i => i * 2)];
        double[] refitted = predictor.PredictRefitted(encoded, Embedding(truth), encoded.SelectRows(measured), [.. measured.Select(i => truth[i])]);
        Spearman.Of(refitted, truth).ShouldBeGreaterThan(0.95);
    }

    [Fact]
    public void Features_of_another_length_are_refused()
    {
        var predictor = ScalablePredictor.Train(encoded, devices, 60, Quick with { Training = Quick.Training with { Steps = 2 } });
        Should.Throw<ArgumentException>(() => predictor.Predict(encoded, new DeviceEmbedding(0, [1, 2]))).Message.ShouldContain("6 reference latencies");
        Should.Throw<ArgumentException>(() => predictor.Predict(encoded, devices[0].Embedding, [1f]));
    }

    [Fact]
    public void Data_sheet_features_take_part()
    {
        TrainingDevice[] known = [.. devices.Select((device, d) => device with { DataSheet = [d / 4f] })];
        var predictor = ScalablePredictor.Train(encoded, known, 60, Quick);
        double[] truth = Latencies(0.6);
        Spearman.Of(predictor.Predict(encoded, Embedding(truth), [0.6f]).Mean, truth).ShouldBeGreaterThan(0.95);
        Should.Throw<ArgumentException>(() => ScalablePredictor.Train(encoded, [known[0], devices[1]], 60, Quick)).Message.ShouldContain("different lengths");
    }

    [Fact]
    public void A_reference_that_does_not_run_is_refused() =>
        Should.Throw<ArgumentException>(() => DeviceEmbedding.Of([1, double.NaN])).Message.ShouldContain("Reference latency 1");

    [Fact]
    public void References_run_on_every_device()
    {
        double[] half = [.. Latencies(0.5).Select((value, i) => i % 2 == 0 ? value : double.NaN)];
        DeviceEmbedding.ReferenceDesigns([half, Latencies(0)], 8, new Random(2)).ShouldAllBe(i => i % 2 == 0);
        Should.Throw<ArgumentException>(() => DeviceEmbedding.ReferenceDesigns([half, Latencies(0)], 60, new Random(2))).Message.ShouldContain("Only");
    }

    [Theory]
    [InlineData(NeuralForm.Budget)]
    [InlineData(NeuralForm.Multiplier)]
    [Trait(Category.Name, Category.Slow)]
    public void An_optimiser_with_local_search_comes_near_the_optimum_of_its_predictors(NeuralForm form)
    {
        double[] accuracies = [.. Designs.Select(genes => genes.Select((gene, g) => 4 * Math.Sqrt(gene) / (1 + (0.2 * g))).Sum())];
        DenseNetwork<float> accuracy = AccuracyNetwork.Train(encoded, accuracies, 24, new NetworkTraining { Steps = 600, Batch = 64, Rate = 1e-2, Decay = 0 });
        Spearman.Of(AccuracyNetwork.Predict(accuracy, encoded), accuracies).ShouldBeGreaterThan(0.98);
        var predictor = ScalablePredictor.Train(encoded, devices, 60, Quick);
        (double Min, double Max) range = form == NeuralForm.Budget ? (0.4, 2.5) : (0.5, 40);
        var optimizer = NeuralOptimizer.Train(
            Values,
            accuracy,
            predictor,
            [.. devices.Select(device => device.Embedding.Features)],
            new NeuralOptions { Form = form, Members = 2, Hidden = 24, Steps = 400, Batch = 32, Rate = 5e-3, Range = range });
        var worth = NetworkDesignModel.OfAccuracy(accuracy, Values);
        // Single answers depend on the rounding of the vector width at hand: the mean over budgets and devices does not.
        var shares = new List<double>();
        foreach (double mix in (double[])[0.1, 0.3, 0.6, 0.9])
        {
            DeviceEmbedding device = Embedding(Latencies(mix));
            var cost = NetworkDesignModel.OfLatency(predictor, Values, device);
            var query = new NeuralQuery(new PlainGeneSpace(Values), worth, cost);
            double[] costs = [.. Designs.Select(genes => (double)cost.Predict(genes)).Order()];
            foreach (int rank in (int[])[20, 30, 40, 50, 60])
            {
                double budget = costs[rank];
                List<DesignPoint> answers = form == NeuralForm.Budget
                    ? query.ForBudget(optimizer, device, budget, 5, local: true)
                    : query.ForMultipliers(optimizer, device, range, budget, 5, local: true);
                answers.Count.ShouldBeInRange(1, 5);
                answers.ShouldAllBe(point => point.Cost <= 1.03 * budget);
                shares.Add(answers.Max(point => point.Value) / Designs.Where(genes => cost.Predict(genes) <= budget).Max(genes => worth.Predict(genes)));
            }
        }

        shares.Average().ShouldBeGreaterThan(0.9);
        if (form == NeuralForm.Multiplier)
        {
            KeptProposalsAnswerAsTheQueryDoes(
                optimizer, range, worth, NetworkDesignModel.OfLatency(predictor, Values, Embedding(Latencies(0.3))), Embedding(Latencies(0.3)));
        }
    }

    [Fact]
    public void Designs_predicted_together_are_predicted_as_one_by_one()
    {
        DenseNetwork<float> accuracy = AccuracyNetwork.Train(
            encoded, Latencies(0.2), 24, new NetworkTraining { Steps = 20, Batch = 16, Rate = 1e-2, Decay = 0 });
        var model = NetworkDesignModel.OfAccuracy(accuracy, Values);
        var together = new double[Designs.Length];
        model.Predict(Designs, together);
        for (int i = 0; i < Designs.Length; i++)
        {
            together[i].ShouldBe(model.Predict(Designs[i]), 1e-4);
        }
    }

    [Fact]
    public void Parameters_out_of_range_are_all_named()
    {
        new NeuralOptions { Members = 0, Hidden = 0, Steps = 0, Batch = 0, Rate = 0, EntropyEnd = -1, Penalty = 0, Range = (2, 1) }.Problems().Length
            .ShouldBe(8);
        new ScalableOptions { Members = 0, Hidden = 0, FeatureNoise = -1, MixedShare = 2 }.Problems().Length.ShouldBe(4);
    }

    [Fact]
    public void The_softmax_gradient_is_that_of_finite_differences()
    {
        var genes = new GeneLogits([3, 2]);
        float[] logits = [0.3f, -0.2f, 0.9f, 0.1f, -0.6f];
        float[] slopes = [0.5f, -1, 2, 0.25f, 1];
        const double Weight = 0.7;
        var probabilities = new float[5];
        genes.Softmax(logits, probabilities);
        var byLogits = new float[5];
        genes.Backward(probabilities, slopes, Weight, byLogits);
        for (int i = 0; i < 5; i++)
        {
            byLogits[i].ShouldBe((float)((Loss(i, 1e-2f) - Loss(i, -1e-2f)) / 2e-2), 2e-3f);
        }

        double Loss(int index, float step)
        {
            float[] moved = [.. logits];
            moved[index] += step;
            var at = new float[5];
            double entropy = genes.Softmax(moved, at);
            return at.Zip(slopes, (p, s) => (double)p * s).Sum() + (Weight * entropy);
        }
    }

    private static void KeptProposalsAnswerAsTheQueryDoes(
        NeuralOptimizer optimizer, (double Min, double Max) range, NetworkDesignModel worth, NetworkDesignModel cost, DeviceEmbedding device)
    {
        var space = new PlainGeneSpace(Values);
        var kept = DeviceProposals.Of(optimizer, device, range, space, worth, cost);
        kept.Count.ShouldBePositive();
        var answers = new DesignPoint[5];
        foreach (double budget in (double[])[0, 10, 15, 20, 40])
        {
            List<DesignPoint> asked = new NeuralQuery(space, worth, cost).ForMultipliers(optimizer, device, range, budget, answers.Length, local: false);
            int count = kept.Within(budget, answers);
            answers[..count].Select(point => string.Join(',', point.Genes)).ShouldBe(asked.Select(point => string.Join(',', point.Genes)));
        }
    }

    private static DenseMatrix Genes()
    {
        DenseMatrix hot = OneHot.Of(Designs, Values);
        var genes = new DenseMatrix(hot.Rows, hot.Columns - 1);
        for (int i = 0; i < hot.Rows; i++)
        {
            hot.Row(i)[..^1].CopyTo(genes.Row(i));
        }

        return genes;
    }

    /// <summary>Devices on a line: at 0 the first genes are costly, at 1 the last ones; each has its own speed.</summary>
    private static double[] Latencies(double place) =>
        [.. Designs.Select(
            genes => (3 + place) * (1 + genes.Select((gene, g) => gene * ((1 - place) * (g < 2 ? 1 : 0.2)) + (gene * place * (g < 2 ? 0.2 : 1))).Sum()))];

    private DeviceEmbedding Embedding(double[] latencies) => DeviceEmbedding.Of([.. references.Select(i => latencies[i])]);
}
