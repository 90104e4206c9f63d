using System.Text.Json;
using Attune.Design.Data;
using Attune.Design.Pareto;
using Attune.Design.Proxies;
using Attune.Design.Ranking;
using Attune.Learning.Linear;
using Attune.Numerics;

namespace Attune.Design.Tests.Recorded;

/// <summary>Vectors that another program computed from the public measurements; see the data's own description.</summary>
public sealed class GoldenTests
{
    private const double Tolerance = 1e-4;

    [NeedingFact(Need.DeviceMeasurements)]
    public void Rank_correlations_are_the_golden_ones() => With((folder, golden) =>
    {
        foreach (JsonProperty pair in golden.GetProperty("srcc").EnumerateObject())
        {
            string[] names = pair.Name.Split('|');
            Spearman.Of(folder.Device(names[0]).Values, folder.Device(names[1]).Values, 1e-6).ShouldBe(pair.Value.GetDouble(), 1e-5, pair.Name);
        }
    });

    [NeedingFact(Need.DeviceMeasurements)]
    public void Fronts_and_transfer_are_the_golden_ones() => With((folder, golden) =>
    {
        double[] accuracy = folder.Accuracies.Single(column => column.Name == "cifar10").Values;
        foreach (JsonProperty device in golden.GetProperty("pareto_cifar10").EnumerateObject())
        {
            ParetoFront.Of(folder.Device(device.Name).Values, accuracy).ShouldBe(Rows(device.Value));
        }

        double[] proxy = folder.Device("Pixel3").Values;
        double[] target = folder.Device("JetsonNano16").Values;
        int[] front = ParetoFront.Of(proxy, accuracy);
        JsonElement transfer = golden.GetProperty("transfer_Pixel3_to_JetsonNano16");
        front.Length.ShouldBe(transfer.GetProperty("proxy_front").GetInt32());
        ParetoFront.Among(front, target, accuracy).Order().ShouldBe(Rows(transfer.GetProperty("kept_after_target_filter")).Order());
        ParetoFront.Of(target, accuracy).ShouldBe(Rows(transfer.GetProperty("true_target_front")));
        int[] union = ParetoFront.Union(proxy, accuracy, 3);
        union.Length.ShouldBe(golden.GetProperty("three_layer_union_Pixel3_size").GetInt32());
        JsonElement budget = golden.GetProperty("budget_case");
        double limit = budget.GetProperty("budget_ms").GetDouble();
        int best = ParetoFront.Best([.. Enumerable.Range(0, target.Length)], target, accuracy, limit);
        best.ShouldBe(budget.GetProperty("best_feasible_row").GetInt32());
        accuracy[best].ShouldBe(budget.GetProperty("best_feasible_acc").GetDouble(), 1e-6);
        accuracy[ParetoFront.Best(front, target, accuracy, limit)].ShouldBe(budget.GetProperty("best_in_proxy_front").GetDouble(), 1e-6);
        accuracy[ParetoFront.Best(union, target, accuracy, limit)].ShouldBe(budget.GetProperty("best_in_three_layer").GetDouble(), 1e-6);
    });

    [NeedingFact(Need.DeviceMeasurements)]
    public void Adaptations_are_the_golden_ones() => With((folder, golden) =>
    {
        JsonElement vectors = golden.GetProperty("adaproxy");
        double[] proxy = folder.Device(vectors.GetProperty("proxy").GetString()!).Values;
        double[] target = folder.Device(vectors.GetProperty("target").GetString()!).Values;
        double mean = proxy.Average();
        double[] weights = LeastSquares.MinimumNorm(folder.Units!, [.. proxy.Select(value => value / mean)]);
        weights.ShouldBe([.. vectors.GetProperty("w").EnumerateArray().Select(value => value.GetDouble())], 1e-6);
        DenseMatrix z = folder.Units!.ScaledColumns(weights);
        double[] prior = folder.Units.Times(weights);
        int[] train = [.. Enumerable.Range(0, 50)];
        double scale = target[..50].Average();
        double[] y = [.. target[..50].Select(value => value / scale)];
        foreach (JsonElement expected in vectors.GetProperty("cases").EnumerateArray())
        {
            AdaptationFit fit = RidgeAdaptation.Fit(z.SelectRows(train), prior[..50], y, expected.GetProperty("mu").GetDouble());
            fit.Scale.ShouldBe(expected.GetProperty("a").GetDouble(), Tolerance);
            fit.Offset.ShouldBe(expected.GetProperty("c").GetDouble(), Tolerance);
            fit.Size.ShouldBe(expected.GetProperty("norm_b").GetDouble(), Tolerance);
            double[] predicted = fit.Predict(z, prior);
            predicted[100..105].ShouldBe([.. expected.GetProperty("pred_rows_100_104").EnumerateArray().Select(value => value.GetDouble())], Tolerance);
            y.Select((value, i) => (predicted[i] - value) * (predicted[i] - value)).Average().ShouldBe(expected.GetProperty("train_mse").GetDouble(), 1e-6);
            Spearman.Of(predicted.AsSpan(50), target.AsSpan(50)).ShouldBe(expected.GetProperty("srcc_rows_50_1998").GetDouble(), Tolerance);
        }
    });

    [NeedingFact(Need.DeviceMeasurements)]
    public void Stacks_are_the_golden_ones() => With((folder, golden) =>
    {
        JsonElement vectors = golden.GetProperty("stack");
        string[] pool = [.. vectors.GetProperty("pool").EnumerateArray().Select(value => value.GetString()!)];
        double[] target = folder.Device(vectors.GetProperty("target").GetString()!).Values;
        var stack = new DenseMatrix(folder.Designs, pool.Length);
        for (int q = 0; q < pool.Length; q++)
        {
            double[] values = folder.Device(pool[q]).Values;
            double mean = values.Average();
            for (int i = 0; i < values.Length; i++)
            {
                stack[i, q] = values[i] / mean;
            }
        }

        int[] train = [.. Enumerable.Range(0, 30)];
        double scale = target[..30].Average();
        double[] y = [.. target[..30].Select(value => value / scale)];
        double[] weights = ProxyStack.Weights(stack.SelectRows(train), y, vectors.GetProperty("mu_stack").GetDouble());
        weights.ShouldBe([.. vectors.GetProperty("alpha").EnumerateArray().Select(value => value.GetDouble())], 1e-6);
        double[] prior = stack.Times(weights);
        Spearman.Of(prior.AsSpan(30), target.AsSpan(30)).ShouldBe(vectors.GetProperty("srcc_stack_rows_30_1998").GetDouble(), Tolerance);
        JsonElement ridge = vectors.GetProperty("residual_ridge");
        AdaptationFit fit = RidgeAdaptation.Fit(folder.Units!.SelectRows(train), prior[..30], y, ridge.GetProperty("mu").GetDouble());
        fit.Scale.ShouldBe(ridge.GetProperty("a").GetDouble(), Tolerance);
        fit.Offset.ShouldBe(ridge.GetProperty("c").GetDouble(), Tolerance);
        Spearman.Of(fit.Predict(folder.Units!, prior).AsSpan(30), target.AsSpan(30)).ShouldBe(ridge.GetProperty("srcc_rows_30_1998").GetDouble(), Tolerance);
    });

    [NeedingTheory(Need.DeviceMeasurements)]
    [InlineData("", "srcc_18.csv", 18)]
    [InlineData("nb201-full", "srcc_27.csv", 27)]
    public void Matrices_are_the_recorded_ones(string below, string file, int devices) => With((_, _) =>
    {
        string path = Path.Combine(TestData.Devices, below);
        var matrix = RankMatrix.Of(DesignFolder.Read(path).Devices);
        string[] lines = File.ReadAllLines(Path.Combine(path, file));
        matrix.Devices.Length.ShouldBe(devices);
        matrix.Devices.ShouldBe(lines[0].Split(',')[1..]);
        for (int i = 0; i < devices; i++)
        {
            string[] row = lines[i + 1].Split(',');
            for (int j = 0; j < devices; j++)
            {
                // Simulated devices have 20 and 42 different latencies, and the recorded matrices did not give ties their mean rank: every recorded value lies
                // between those with all ties broken for and against the other device.
                double tolerance = i != j && (IsSimulated(matrix.Devices[i]) || IsSimulated(matrix.Devices[j])) ? 1e-2 : Tolerance;
                matrix[i, j].ShouldBe(double.Parse(row[j + 1]), tolerance, $"{matrix.Devices[i]}, {matrix.Devices[j]}");
            }
        }
    });

    [NeedingFact(Need.DeviceMeasurements)]
    public void Twenty_measurements_and_a_fleet_order_a_target_better_than_its_best_proxy() => With((folder, _) =>
    {
        // A processor of a phone from fifteen other devices; copies are left out of the fleet.
        DeviceColumn target = folder.Device("CortexA76");
        var fleet = new FleetAdaptation(
            [.. folder.Devices.Where(device => device != target && device.Name is not ("i7_7820X" or "Adreno640"))],
            folder.Units!,
            folder.Structure,
            new Random(1));
        int[] chosen = fleet.Choose(20);
        chosen.Distinct().Count().ShouldBe(20);
        FleetPrediction prediction = fleet.Predict(chosen, [.. chosen.Select(i => target.Values[i])]);
        int[] rest = [.. Enumerable.Range(0, folder.Designs).Except(chosen)];
        double[] truth = [.. rest.Select(i => target.Values[i])];
        double ours = Spearman.Of([.. rest.Select(i => prediction.Latency[i])], truth);
        ours.ShouldBeGreaterThan(0.975);
        prediction.Shares.ShouldAllBe(share => share >= 0);
        rest.ShouldContain(prediction.NextToMeasure(rest));
    });

    private static bool IsSimulated(string device) => device.ToLowerInvariant() is "eyeriss" or "fpga";

    private static int[] Rows(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetInt32())];

    private static void With(Action<DesignFolder, JsonElement> test)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestData.Devices, "golden.json")));
        test(DesignFolder.Read(TestData.Devices), golden.RootElement);
    }
}
