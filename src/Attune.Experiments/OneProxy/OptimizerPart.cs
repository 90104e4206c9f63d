using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Pareto;
using Attune.Design.Scalable;
using Attune.Design.Search;
using Attune.Learning.Linear;
using Attune.Learning.Networks;
using Attune.Numerics;

namespace Attune.Experiments.OneProxy;

/// <summary>
/// Neural optimisers against evolutionary searches on the same predictors: accuracy lost after measuring the best few of every answer on devices that no
/// training saw.
/// </summary>
internal sealed class OptimizerPart(ScalableSetting setting, int steps, TimeProvider clock)
{
    private const int LabelledDesigns = 3000;
    private const int Budgets = 17;
    private const double Slack = 1.03;
    private static readonly int[] Tops = [1, 5, 10];
    private static readonly (double Min, double Max) MultiplierRange = (0.3, 60);
    private readonly DesignFolder full = setting.Full;
    private readonly ImmutableArray<int> values = [.. setting.Full.GeneValues.Select(list => list.Length)];

    public ImmutableArray<OneProxyTable> Run(Action<string> report, CancellationToken cancellation)
    {
        double[] truth = full.Accuracies.First(column => column.Name == "cifar100").Values;
        // One-hot without the constant column, in the order of the genes.
        DenseMatrix genes = OneHotGenes();
        var random = new Random(5);
        double[] labels = [.. truth.Select(_ => double.NaN)];
        for (int i = 0; i < LabelledDesigns; i++)
        {
            int design = random.Next(truth.Length);
            labels[design] = truth[design];
        }

        report("networks of accuracy and latency");
        DenseNetwork<float> accuracyNetwork = AccuracyNetwork.Train(genes, labels, training: ScalableSetting.Training(steps));
        var predictor = ScalablePredictor.Train(
            genes, setting.Devices, ScalableSetting.DesignsPerDevice, new ScalableOptions { Members = 2, Training = ScalableSetting.Training(steps) });
        var accuracy = NetworkDesignModel.OfAccuracy(accuracyNetwork, values);
        float[][] features = [.. setting.Devices.Select(device => device.Embedding.Features)];
        report("neural optimisers");
        var byBudget = NeuralOptimizer.Train(values, accuracyNetwork, predictor, features, new NeuralOptions { Steps = steps });
        cancellation.ThrowIfCancellationRequested();
        var byMultiplier = NeuralOptimizer.Train(
            values, accuracyNetwork, predictor, features, new NeuralOptions { Form = NeuralForm.Multiplier, Range = MultiplierRange, Steps = steps });
        var space = new PlainGeneSpace(values);
        var positions = full.Genes!.Index().ToDictionary(entry => string.Join(',', entry.Item), entry => entry.Index);
        (string Name, Func<IDesignModel, DeviceEmbedding, double, (IReadOnlyList<DesignPoint> Points, long Predictions)> Ask)[] methods =
        [
            ("optimiser, multiplier form", (latency, device, budget) => Ask(
                latency, query => query.ForMultipliers(byMultiplier, device, MultiplierRange, budget, Tops[^1], false))),
            ("the same with local search", (latency, device, budget) => Ask(
                latency, query => query.ForMultipliers(byMultiplier, device, MultiplierRange, budget, Tops[^1], true))),
            ("optimiser, budget form", (latency, device, budget) => Ask(latency, query => query.ForBudget(byBudget, device, budget, Tops[^1], false))),
            ("the same with local search", (latency, device, budget) => Ask(latency, query => query.ForBudget(byBudget, device, budget, Tops[^1], true))),
            ("evolutionary, 320 designs", (latency, _, budget) => Evolve(latency, budget, 20, 15)),
            ("evolutionary, 1000 designs", (latency, _, budget) => Evolve(latency, budget, 40, 24)),
            ("evolutionary, 3000 designs", (latency, _, budget) => Evolve(latency, budget, 60, 49)),
        ];
        var tallies = new Tally[methods.Length];
        for (int m = 0; m < methods.Length; m++)
        {
            report($"queries: {methods[m].Name}");
            tallies[m] = new Tally();
            foreach (string name in ScalableSetting.Unseen)
            {
                cancellation.ThrowIfCancellationRequested();
                double[] latencies = full.Device(name).Values;
                DeviceEmbedding device = setting.EmbeddingOf(name);
                var latency = NetworkDesignModel.OfLatency(predictor, values, device);
                double[] sorted = [.. latencies.Order()];
                int[] all = [.. Enumerable.Range(0, latencies.Length)];
                for (int b = 0; b < Budgets; b++)
                {
                    double budget = Quantiles.Of(sorted, 0.1 + (0.05 * b));
                    double optimum = truth[ParetoFront.Best(all, latencies, truth, budget)];
                    (IReadOnlyList<DesignPoint> points, long predictions) = methods[m].Ask(latency, device, budget);
                    tallies[m].Predictions += predictions;
                    tallies[m].Queries++;
                    int[] answers = [.. points.Select(point => positions[string.Join(',', point.Genes)])];
                    for (int k = 0; k < Tops.Length; k++)
                    {
                        tallies[m].Add(
                            k,
                            ParetoFront.Best(answers.AsSpan(0, Math.Min(Tops[k], answers.Length)), latencies, truth, budget) is >= 0 and int best
                                ? optimum - truth[best]
                                : double.NaN);
                    }
                }
            }
        }

        report("times of queries");
        return [Table([.. methods.Select(method => method.Name)], tallies), Timing(byMultiplier, accuracy, predictor, space, cancellation)];

        (IReadOnlyList<DesignPoint> Points, long Predictions) Ask(IDesignModel latency, Func<NeuralQuery, List<DesignPoint>> ask)
        {
            var query = new NeuralQuery(space, accuracy, latency);
            List<DesignPoint> points = ask(query);
            return (points, query.Predictions);
        }

        (IReadOnlyList<DesignPoint> Points, long Predictions) Evolve(IDesignModel latency, double budget, int population, int generations)
        {
            var search = new EvolutionarySearch(space, accuracy, latency, new EvolutionOptions { Population = population, Generations = generations });
            search.Run(Slack * budget);
            return ([.. search.Visited.OrderByDescending(point => point.Value).Take(Tops[^1])], search.Predictions);
        }
    }

    /// <summary>The same search of 1000 children and the same proposals as above, timed.</summary>
    private OneProxyTable Timing(
        NeuralOptimizer optimizer, NetworkDesignModel accuracy, ScalablePredictor predictor, PlainGeneSpace space, CancellationToken cancellation)
    {
        DeviceEmbedding[] devices = [.. ScalableSetting.Unseen.Select(setting.EmbeddingOf)];
        NetworkDesignModel[] latencies = [.. devices.Select(device => NetworkDesignModel.OfLatency(predictor, values, device))];
        DeviceProposals[] kept = [.. devices.Select((device, d) => DeviceProposals.Of(optimizer, device, MultiplierRange, space, accuracy, latencies[d]))];
        double[][] sorted = [.. ScalableSetting.Unseen.Select(name => full.Device(name).Values.Order().ToArray())];
        double[] budgets = [.. Enumerable.Range(0, devices.Length * Budgets).Select(q => Quantiles.Of(sorted[q / Budgets], 0.1 + (0.05 * (q % Budgets))))];
        var answers = new DesignPoint[Tops[^1]];
        var options = new EvolutionOptions { Population = 40, Generations = 24 };
        EvolutionarySearch NewSearch(int device) => new(space, accuracy, latencies[device], options);
        EvolutionarySearch[] searches = [.. devices.Select((_, d) => NewSearch(d))];
        var timing = new OptimizerTiming(
            clock,
            [
                new("evolutionary, 1000 children", q => NewSearch(q / Budgets).Run(Slack * budgets[q])),
                new("evolutionary, 1000 children, predictions kept per device", q => Resumed(q).Run(Slack * budgets[q])),
                new("multiplier form, first query on a device", q => DeviceProposals.Of(
                    optimizer, devices[q / Budgets], MultiplierRange, space, accuracy, latencies[q / Budgets]).Within(budgets[q], answers)),
                new("multiplier form, further queries", q => kept[q / Budgets].Within(budgets[q], answers), Repeats: 1000),
                new("multiplier form with neighbours", q => new NeuralQuery(space, accuracy, latencies[q / Budgets]).ForMultipliers(
                    optimizer, devices[q / Budgets], MultiplierRange, budgets[q], Tops[^1], local: true)),
            ],
            peer: 0,
            Budgets);
        return timing.Run(budgets.Length, first: 2, kept: 3, cancellation);

        // A device's first budget of every turn begins anew.
        EvolutionarySearch Resumed(int query)
        {
            if (query % Budgets == 0)
            {
                searches[query / Budgets] = NewSearch(query / Budgets);
            }

            return searches[query / Budgets];
        }
    }

    private static OneProxyTable Table(string[] names, Tally[] tallies)
    {
        int peer = Array.FindIndex(names, name => name.Contains("1000"));
        int five = Array.IndexOf(Tops, 5);
        return new OneProxyTable(
            "Neural optimiser",
            $"{Budgets} budgets on {ScalableSetting.Unseen.Length} unseen devices, CIFAR-100, all methods on the same predictors: mean accuracy lost in points "
            + "over budgets met after measuring the best K | budgets missed",
            ["method", .. Tops.Select(top => $">K = {top}"), ">predictions per query"],
            [
                .. names.Select((name, m) => (ImmutableArray<string>)
                [
                    name,
                    .. Enumerable.Range(0, Tops.Length).Select(k => $"{Classes.Two(tallies[m].Mean(k))} | {Classes.Percent(tallies[m].Missed(k))}"),
                    Classes.Number(tallies[m].Predictions / (double)tallies[m].Queries, "0"),
                ]),
            ])
        {
            Note = "The multiplier form proposes the designs of 64 multipliers at once and serves every budget from them; the budget form proposes five "
                + "designs, too few to be good alone. Neighbours of the proposals cost a few hundred predictions, which is where the time goes. Children of an "
                + "evolutionary search that repeat a known design cost no prediction, so a search of 1000 children looks at far fewer designs.",
            Figures = ImmutableSortedDictionary<string, double>.Empty
                .Add("optimizer_multiplier_behind_evolutionary_1000_k5", tallies[0].Mean(five) - tallies[peer].Mean(five))
                .Add("optimizer_local_behind_evolutionary_1000_k5", tallies[1].Mean(five) - tallies[peer].Mean(five))
                .Add("optimizer_budget_k5", tallies[2].Mean(five))
                .Add("optimizer_budget_local_k5", tallies[3].Mean(five))
                .Add("evolutionary_1000_k5", tallies[peer].Mean(five)),
        };
    }

    private DenseMatrix OneHotGenes()
    {
        DenseMatrix withConstant = OneHot.Of(full.Genes!, values);
        var genes = new DenseMatrix(withConstant.Rows, withConstant.Columns - 1);
        for (int i = 0; i < genes.Rows; i++)
        {
            withConstant.Row(i)[..^1].CopyTo(genes.Row(i));
        }

        return genes;
    }

    private sealed class Tally
    {
        private readonly double[] sums = new double[Tops.Length];
        private readonly int[] met = new int[Tops.Length];

        public int Queries { get; set; }

        public long Predictions { get; set; }

        public void Add(int top, double regret)
        {
            if (!double.IsNaN(regret))
            {
                sums[top] += regret;
                met[top]++;
            }
        }

        public double Mean(int top) => sums[top] / met[top];

        public double Missed(int top) => 1 - (met[top] / (double)Queries);
    }
}
