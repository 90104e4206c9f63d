using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Pareto;
using Attune.Design.Scalable;
using Attune.Design.Search;
using Attune.Learning.Linear;
using Attune.Learning.Networks;

namespace Attune.Experiments.OneProxy;

/// <summary>Neural optimisers against evolutionary searches on the same predictors: accuracy lost after measuring the best few of every answer on devices that no training saw.</summary>
internal sealed class OptimizerPart(ScalableSetting setting, int steps, TimeProvider clock)
{
    private const int LabelledDesigns = 3000;
    private const int Budgets = 17;
    private static readonly int[] Tops = [1, 5, 10];
    private static readonly (double Least, double Most) MultiplierRange = (0.3, 60);
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
        DenseNetwork accuracyNetwork = AccuracyNetwork.Train(genes, labels, training: ScalableSetting.Training(steps));
        var predictor = ScalablePredictor.Train(genes, setting.Devices, ScalableSetting.DesignsPerDevice, new ScalableOptions { Members = 2, Training = ScalableSetting.Training(steps) });
        var accuracy = NetworkDesignModel.OfAccuracy(accuracyNetwork, values);
        float[][] features = [.. setting.Devices.Select(device => device.Embedding.Features)];
        report("neural optimisers");
        var byBudget = NeuralOptimizer.Train(values, accuracyNetwork, predictor, features, new NeuralOptions { Steps = steps });
        cancellation.ThrowIfCancellationRequested();
        var byMultiplier = NeuralOptimizer.Train(values, accuracyNetwork, predictor, features, new NeuralOptions { Form = NeuralForm.Multiplier, Range = MultiplierRange, Steps = steps });
        var space = new PlainGeneSpace(values);
        var positions = full.Genes!.Index().ToDictionary(entry => string.Join(',', entry.Item), entry => entry.Index);
        (string Name, Func<IDesignModel, DeviceEmbedding, double, (IReadOnlyList<DesignPoint> Points, long Predictions)> Ask)[] methods =
        [
            ("optimiser, multiplier form", (latency, device, budget) => Ask(latency, query => query.ForMultipliers(byMultiplier, device, MultiplierRange, budget, Tops[^1], false))),
            ("the same with local search", (latency, device, budget) => Ask(latency, query => query.ForMultipliers(byMultiplier, device, MultiplierRange, budget, Tops[^1], true))),
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
            // The first query pays for compilation; it is not counted.
            DeviceEmbedding first = setting.EmbeddingOf(ScalableSetting.Unseen[0]);
            methods[m].Ask(NetworkDesignModel.OfLatency(predictor, values, first), first, Math.Exp(first.LogSpeed));
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
                    double budget = BudgetPart.Quantile(sorted, 0.1 + (0.05 * b));
                    double optimum = truth[ParetoFront.Best(all, latencies, truth, budget)];
                    long begin = clock.GetTimestamp();
                    (IReadOnlyList<DesignPoint> points, long predictions) = methods[m].Ask(latency, device, budget);
                    tallies[m].Seconds += clock.GetElapsedTime(begin).TotalSeconds;
                    tallies[m].Predictions += predictions;
                    tallies[m].Queries++;
                    int[] answers = [.. points.Select(point => positions[string.Join(',', point.Genes)])];
                    for (int k = 0; k < Tops.Length; k++)
                    {
                        tallies[m].Add(k, ParetoFront.Best(answers.AsSpan(0, Math.Min(Tops[k], answers.Length)), latencies, truth, budget) is >= 0 and int best ? optimum - truth[best] : double.NaN);
                    }
                }
            }
        }

        return [Table([.. methods.Select(method => method.Name)], tallies)];

        (IReadOnlyList<DesignPoint> Points, long Predictions) Ask(IDesignModel latency, Func<NeuralQuery, List<DesignPoint>> ask)
        {
            var query = new NeuralQuery(space, accuracy, latency);
            List<DesignPoint> points = ask(query);
            return (points, query.Predictions);
        }

        (IReadOnlyList<DesignPoint> Points, long Predictions) Evolve(IDesignModel latency, double budget, int population, int generations)
        {
            var search = new EvolutionarySearch(space, accuracy, latency, new EvolutionOptions { Population = population, Generations = generations });
            search.Run(1.03 * budget);
            return ([.. search.Visited.OrderByDescending(point => point.Value).Take(Tops[^1])], search.Predictions);
        }
    }

    private static OneProxyTable Table(string[] names, Tally[] tallies)
    {
        int peer = Array.FindIndex(names, name => name.Contains("1000"));
        int five = Array.IndexOf(Tops, 5);
        return new OneProxyTable(
            "Neural optimiser",
            $"{Budgets} budgets on {ScalableSetting.Unseen.Length} unseen devices, CIFAR-100, all methods on the same predictors: mean accuracy lost in points over budgets met after measuring the best K | budgets missed",
            ["method", .. Tops.Select(top => $">K = {top}"), ">predictions per query", ">ms per query", ">time against 1000 designs"],
            [
                .. names.Select((name, m) => (ImmutableArray<string>)
                [
                    name,
                    .. Enumerable.Range(0, Tops.Length).Select(k => $"{Classes.Two(tallies[m].Mean(k))} | {Classes.Percent(tallies[m].Missed(k))}"),
                    Classes.Number(tallies[m].Predictions / (double)tallies[m].Queries, "0"),
                    Classes.Three(1000 * tallies[m].Seconds / tallies[m].Queries),
                    Classes.Number(tallies[m].Seconds / tallies[peer].Seconds, "0.0000"),
                ]),
            ])
        {
            Note = "The multiplier form proposes the designs of 64 multipliers at once and serves every budget from them; the budget form proposes five designs, too few to be good alone. Neighbours of the proposals cost a few hundred predictions, which is where the time goes. Children of an evolutionary search that repeat a known design cost no prediction, so a search of 1000 children looks at far fewer designs.",
            Figures = ImmutableSortedDictionary<string, double>.Empty
                .Add("optimizer_multiplier_behind_evolutionary_1000_k5", tallies[0].Mean(five) - tallies[peer].Mean(five))
                .Add("optimizer_local_behind_evolutionary_1000_k5", tallies[1].Mean(five) - tallies[peer].Mean(five))
                .Add("optimizer_multiplier_time_share", tallies[0].Seconds / tallies[peer].Seconds)
                .Add("optimizer_budget_k5", tallies[2].Mean(five))
                .Add("optimizer_budget_local_k5", tallies[3].Mean(five))
                .Add("evolutionary_1000_k5", tallies[peer].Mean(five))
                .Add("optimizer_time_share", tallies[2].Seconds / tallies[peer].Seconds)
                .Add("optimizer_local_time_share", tallies[3].Seconds / tallies[peer].Seconds),
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

        public double Seconds { get; set; }

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
