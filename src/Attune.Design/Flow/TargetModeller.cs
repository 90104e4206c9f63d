using System.Collections.Immutable;
using Attune.Compile;
using Attune.Design.Proxies;
using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Design.Units;
using Attune.Learning.Linear;
using Attune.Numerics;

namespace Attune.Design.Flow;

/// <summary>
/// Predicts latencies on a target from few measurements: the pool's proxies are stacked with weights that cannot be negative, and the stack is corrected by
/// groups of execution units, ridge-penalised, the penalty chosen by cross-validation. A device with measured units of its own needs no proxy. What is said
/// about the quality was measured on designs that the fit had not seen. Stateless but for the session.
/// </summary>
/// <param name="session">The family and its store.</param>
public sealed class TargetModeller(DesignSession session)
{
    private const int MinSamples = 5;
    private const int Folds = 5;
    private const int MaxDifferences = 6;
    private const double MinFactor = 0.05;

    /// <summary>The best model of a target that the store allows; null when nothing was measured there and no proxy exists either.</summary>
    /// <param name="target">The target.</param>
    /// <param name="cancellation">Stops programs of the user.</param>
    /// <param name="without">Designs of the target that must not be used, for those who judge the model by them.</param>
    /// <param name="proxiesOnly">The only proxies to use, and no units of the target's own; null uses whatever is best.</param>
    public async Task<TargetModel?> RunAsync(
        DeviceKey target, CancellationToken cancellation, IReadOnlySet<SpacePoint>? without = null, IReadOnlySet<DeviceKey>? proxiesOnly = null)
    {
        if (proxiesOnly is null && await session.OwnModelAsync(target, cancellation, without) is { } own)
        {
            return await OwnAsync(target, own, without, cancellation);
        }

        ImmutableArray<Proxy> proxies = await ProxiesAsync(target, proxiesOnly, cancellation);
        (SpacePoint Point, double Ms)[] samples = [.. session.MeasuredOn(target).Where(sample => without?.Contains(sample.Point) != true)];
        if (proxies.IsEmpty || samples.Length < MinSamples)
        {
            return null;
        }

        Fit whole = FitTo(proxies, samples);
        (RankInterval? unseen, double error) = CrossValidate(proxies, samples);
        return new TargetModel(
            target,
            $"{(proxies.Length == 1 ? "one proxy" : $"{proxies.Length} proxies")} adapted with {samples.Length} measurements",
            whole.ToModel(),
            samples.Length,
            unseen,
            error,
            whole.Weights())
        {
            Differences = whole.Differences(),
        };
    }

    private async Task<TargetModel> OwnAsync(DeviceKey target, AdditiveModel own, IReadOnlySet<SpacePoint>? without, CancellationToken cancellation)
    {
        (SpacePoint Point, double Ms)[] samples = [.. session.MeasuredOn(target).Where(sample => without?.Contains(sample.Point) != true)];
        int[] order = [.. Enumerable.Range(0, samples.Length)];
        new Random(samples.Length).Shuffle(order);
        var predicted = new List<double>();
        var measured = new List<double>();
        for (int fold = 0; fold < Folds; fold++)
        {
            SpacePoint[] test = [.. order.Where((_, i) => i % Folds == fold).Select(i => samples[i].Point)];
            HashSet<SpacePoint> left = [.. test, .. without ?? new HashSet<SpacePoint>()];
            if (await session.OwnModelAsync(target, cancellation, left) is { } part)
            {
                UnitSum sum = SumOf(target, part);
                predicted.AddRange(test.Select(sum.Predict));
                measured.AddRange(order.Where((_, i) => i % Folds == fold).Select(i => samples[i].Ms));
            }
        }

        FitQuality? quality = measured.Count > 3 ? FitQuality.Of(predicted, measured) : null;
        return new TargetModel(
            target,
            $"its own units, fitted to {samples.Length} measurements",
            SumOf(target, own),
            samples.Length,
            quality?.Spearman,
            quality?.RelativeError ?? double.NaN,
            []);
    }

    private UnitSum SumOf(DeviceKey device, AdditiveModel model) => new(session.EncoderOf(device), model.Contribution, model.OffsetMs);

    private async Task<ImmutableArray<Proxy>> ProxiesAsync(DeviceKey target, IReadOnlySet<DeviceKey>? only, CancellationToken cancellation)
    {
        var proxies = ImmutableArray.CreateBuilder<Proxy>();
        foreach (DeviceKey device in session.Store.Devices(session.Space.Family).Where(device => device != target && only?.Contains(device) != false))
        {
            if (await session.OwnModelAsync(device, cancellation) is { } model)
            {
                proxies.Add(new Proxy(device, model, SumOf(device, model), session.EncoderOf(device)));
            }
        }

        return proxies.ToImmutable();
    }

    private static Fit FitTo(ImmutableArray<Proxy> proxies, IReadOnlyList<(SpacePoint Point, double Ms)> samples)
    {
        double mean = samples.Average(sample => sample.Ms);
        double[] y = [.. samples.Select(sample => sample.Ms / mean)];
        var stack = new DenseMatrix(y.Length, proxies.Length);
        double[] means = new double[proxies.Length];
        for (int k = 0; k < proxies.Length; k++)
        {
            double[] predicted = [.. samples.Select(sample => proxies[k].Sum.Predict(sample.Point))];
            means[k] = predicted.Average();
            for (int i = 0; i < predicted.Length; i++)
            {
                stack.Row(i)[k] = predicted[i] / means[k];
            }
        }

        double[] weights = proxies.Length == 1 ? [1.0] : ProxyStack.BestWeights(stack, y, new Random(1));
        Proxy lead = proxies[Array.IndexOf(weights, weights.Max())];
        double[] prior = stack.Times(weights);
        var groups = new GroupColumns(lead, mean);
        DenseMatrix z = groups.Of(samples.Select(sample => sample.Point));
        AdaptationFit fit = RidgeAdaptation.FitBest(z, prior, y, RidgeAdaptation.UsualPenalties, new Random(1), Math.Min(Folds, y.Length));
        return new Fit(proxies, lead, groups, weights, means, mean, fit);
    }

    private static (RankInterval? Rank, double Error) CrossValidate(ImmutableArray<Proxy> proxies, (SpacePoint Point, double Ms)[] samples)
    {
        if (samples.Length < 2 * MinSamples)
        {
            return (null, double.NaN);
        }

        int[] order = [.. Enumerable.Range(0, samples.Length)];
        new Random(samples.Length).Shuffle(order);
        double[] predicted = new double[samples.Length];
        for (int fold = 0; fold < Folds; fold++)
        {
            IDesignModel model = FitTo(proxies, [.. order.Where((_, i) => i % Folds != fold).Select(i => samples[i])]).ToModel();
            foreach (int i in order.Where((_, i) => i % Folds == fold))
            {
                predicted[i] = model.Predict(samples[i].Point.Choices.AsSpan());
            }
        }

        var quality = FitQuality.Of(predicted, [.. samples.Select(sample => sample.Ms)]);
        return (quality.Spearman, quality.RelativeError);
    }

    private sealed record Proxy(DeviceKey Device, AdditiveModel Model, UnitSum Sum, UnitEncoder Encoder);

    /// <summary>The lead proxy's prediction split by groups of units, in mean latencies of the target: the columns that are corrected.</summary>
    private sealed class GroupColumns(Proxy lead, double scale)
    {
        private readonly UnitSum[] columns = [.. lead.Model.Groups.Select(
            group => new UnitSum(lead.Encoder, unit => UnitGroups.Of(unit) == group ? lead.Model.Contribution(unit) / scale : 0))];

        public int Count => columns.Length;

        public double Value(int column, ReadOnlySpan<int> genes) => columns[column].Predict(genes);

        public DenseMatrix Of(IEnumerable<SpacePoint> points)
        {
            SpacePoint[] all = [.. points];
            var matrix = new DenseMatrix(all.Length, columns.Length);
            for (int i = 0; i < all.Length; i++)
            {
                for (int j = 0; j < columns.Length; j++)
                {
                    matrix.Row(i)[j] = columns[j].Predict(all[i]);
                }
            }

            return matrix;
        }
    }

    private sealed record Fit(
        ImmutableArray<Proxy> Proxies, Proxy Lead, GroupColumns Columns, double[] Stack, double[] Means, double Mean, AdaptationFit Adaptation)
    {
        /// <summary>The whole prediction is linear in units, so per encoding one sum suffices.</summary>
        public IDesignModel ToModel()
        {
            Dictionary<string, double> corrections = Lead.Model.Groups.Select((group, i) => (group, Adaptation.Corrections[i])).ToDictionary(
                pair => pair.group, pair => pair.Item2, StringComparer.Ordinal);
            var sums = new List<UnitSum>();
            double constant = Adaptation.Offset * Mean;
            for (int k = 0; k < Proxies.Length; k++)
            {
                Proxy proxy = Proxies[k];
                double factor = Adaptation.Scale * Stack[k] * Mean / Means[k];
                bool leads = ReferenceEquals(proxy, Lead);
                if (factor == 0 && !leads)
                {
                    continue;
                }

                constant += factor * proxy.Model.OffsetMs;
                double Value(ModelUnit unit) => proxy.Model.Contribution(unit) * (factor + (leads ? corrections.GetValueOrDefault(UnitGroups.Of(unit)) : 0));
                sums.Add(new UnitSum(proxy.Encoder, Value));
            }

            return new SumOfModels([.. sums], constant);
        }

        public ImmutableArray<(DeviceKey Device, double Weight)> Weights() =>
            [.. Proxies.Select((proxy, k) => (proxy.Device, Stack[k])).Where(pair => pair.Item2 > 1e-6).OrderByDescending(pair => pair.Item2)];

        public ImmutableArray<(string Group, double Factor)> Differences()
        {
            int place = Proxies.IndexOf(Lead);
            double usual = Mean / Means[place];
            double lead = Adaptation.Scale * Stack[place] * usual;
            // Corrections are held small, not above zero: a group that hardly counts may come out negative, which says nothing about its units.
            return
            [
                .. Lead.Model.Groups.Select((group, i) => (group, Factor: (lead + Adaptation.Corrections[i]) / usual))
                    .Where(pair => pair.Factor > MinFactor)
                    .OrderByDescending(pair => Math.Abs(Math.Log(pair.Factor)))
                    .Take(MaxDifferences),
            ];
        }
    }
}
