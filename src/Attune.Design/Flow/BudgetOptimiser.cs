using System.Collections.Immutable;
using Attune.Design.Local;
using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Numerics;

namespace Attune.Design.Flow;

/// <summary>
/// Answers: which member of the family should run on this target within these limits? Learns the target from few measurements (adapting the pool's proxies, or
/// timing its own units where there are none), searches on the predictions, measures the best candidates in two rounds, the second corrected by the first, and
/// measures the finalists again. Only measured designs are answers.
/// </summary>
/// <param name="session">The family and its store.</param>
/// <param name="measurer">The target.</param>
/// <param name="value">What is to be large.</param>
public sealed class BudgetOptimiser(DesignSession session, IDesignMeasurer measurer, ValueModel value)
{
    private const int FirstModelSamples = 60;
    private const int AdaptedSamples = 50;
    private const int Finalists = 5;
    private const double Trusted = 0.9;
    private const double Margin = 1.03;
    private readonly TargetModeller modeller = new(session);
    private int measured;

    /// <summary>Searches and measures.</summary>
    /// <param name="question">Limits and effort.</param>
    /// <param name="options">Parameters of the evolution.</param>
    /// <param name="progress">Called with what is being done, designs done and all.</param>
    /// <param name="cancellation">Stops early; what was measured is in the store.</param>
    /// <exception cref="InvalidOperationException">The neural optimiser was asked for and cannot be trained; the message says why.</exception>
    public async Task<OptimiseAnswer> RunAsync(
        OptimiseQuestion question, EvolutionOptions options, Action<string, int, int>? progress, CancellationToken cancellation)
    {
        TargetModel? model = await LearnAsync(question, progress, cancellation);
        if (model is null)
        {
            return new OptimiseAnswer(null, null, null, [], measured);
        }

        NeuralCandidates? neural = question.Neural is { } effort ? await NeuralAsync(model, effort, question.Seed, cancellation) : null;
        var predicted = new Dictionary<SpacePoint, double>();
        double correction = 1;
        int first = Math.Max(1, question.Candidates * 2 / 3);
        for (int round = 0; round < 2; round++)
        {
            var search = new CandidateSearch(session.Space, value, model.Latency, options with { Seed = question.Seed + round }, neural);
            double budget = question.BudgetMs / correction;
            int wanted = round == 0 ? first : question.Candidates - first;
            SpacePoint[] chosen = await ChooseAsync(search, question, budget, wanted, predicted, cancellation);
            if (chosen.Length == 0 && round == 0 && search.Fastest() is { } fastest)
            {
                // Below everything predicted: the fastest is measured, since predictions may be wrong, and its time is what the user needs to know.
                chosen = [fastest.Point];
                predicted[fastest.Point] = fastest.Cost;
            }

            await MeasureAsync(chosen, "candidates", progress, cancellation);
            correction = Correction(predicted) ?? correction;
        }

        ImmutableArray<OptimisedDesign> all = Known(predicted);
        OptimisedDesign[] leaders = [.. Within(all, question).Take(Finalists)];
        await RepeatAsync(leaders, progress, cancellation);
        all = Known(predicted);
        return new OptimiseAnswer(
            Within(all, question).FirstOrDefault(),
            all.Where(design => design.Measured.Status == MeasurementStatus.Ok).MinBy(design => design.Ms),
            model,
            [.. all.Where(design => predicted.ContainsKey(design.Point)).OrderByDescending(design => design.Value)],
            measured);
    }

    /// <summary>Makes sure that the target can be predicted: measures more designs until it can, or enough were measured.</summary>
    private async Task<TargetModel?> LearnAsync(OptimiseQuestion question, Action<string, int, int>? progress, CancellationToken cancellation)
    {
        TargetModel? model = await modeller.RunAsync(measurer.Device, cancellation);
        bool hasProxy = session.Store.Devices(session.Space.Family).Any(device => device != measurer.Device && !session.Store.Units(device).IsEmpty);
        int[] steps = hasProxy ? [question.Samples, AdaptedSamples] : [FirstModelSamples];
        foreach (int count in steps)
        {
            if (model is { Unseen.Estimate: >= Trusted } && model.Samples >= Math.Min(count, question.Samples))
            {
                break;
            }

            ImmutableArray<SpacePoint> sample = await session.SampleAsync(count, question.Seed, session.EncoderOf(measurer.Device), cancellation);
            await MeasureAsync(sample, hasProxy ? "samples for adapting proxies" : "samples for a first model", progress, cancellation, withUnits: !hasProxy);
            model = await modeller.RunAsync(measurer.Device, cancellation);
        }

        return model;
    }

    private async Task<NeuralCandidates> NeuralAsync(TargetModel model, NeuralEffort effort, int seed, CancellationToken cancellation)
    {
        var others = new List<IDesignModel>();
        foreach (DeviceKey device in session.Store.Devices(session.Space.Family).Where(device => device != measurer.Device))
        {
            if (await session.OwnModelAsync(device, cancellation) is { } other)
            {
                others.Add(new Units.UnitSum(session.EncoderOf(device), other.Contribution, other.OffsetMs));
            }
        }

        return others.Count > 0 && value.Pool is null
            ? NeuralCandidates.Train(session.Space, value, model.Latency, others, effort, seed)
            : throw new InvalidOperationException(others.Count == 0
                ? $"The neural optimiser learns from pairs of design and device, and the store has no other device of '{session.Space.Family}' "
                    + "with measured units."
                : "The neural optimiser needs an accuracy for every design; a table knows its own only.");
    }

    private async Task<SpacePoint[]> ChooseAsync(
        CandidateSearch search, OptimiseQuestion question, double budget, int count, Dictionary<SpacePoint, double> predicted, CancellationToken cancellation)
    {
        var chosen = new List<SpacePoint>();
        foreach ((double share, int max) in new[] { (Margin, count), (0.97, (count + 1) / 2) })
        {
            int taken = 0;
            foreach ((SpacePoint point, _, double cost) in search.Within(budget * share, 50 * count))
            {
                if (taken >= max || chosen.Count >= count)
                {
                    break;
                }

                if (!predicted.ContainsKey(point) && await FitsMemoryAsync(point, question, cancellation))
                {
                    predicted[point] = cost;
                    chosen.Add(point);
                    // The first, looser budget takes two thirds; designs safely inside the budget get the rest.
                    taken++;
                    if (share > 1 && taken >= Math.Max(1, count * 2 / 3))
                    {
                        break;
                    }
                }
            }
        }

        return [.. chosen];
    }

    private async Task<bool> FitsMemoryAsync(SpacePoint point, OptimiseQuestion question, CancellationToken cancellation)
    {
        if (question is { PeakBytes: null, SizeBytes: null })
        {
            return true;
        }

        return (await session.EncoderOf(measurer.Device).EncodeAsync(point, cancellation)).Design is { Footprint: var footprint }
            && footprint.PeakBytes <= (question.PeakBytes ?? long.MaxValue)
            && footprint.WeightBytes <= (question.SizeBytes ?? long.MaxValue);
    }

    private async Task MeasureAsync(
        IReadOnlyList<SpacePoint> points, string what, Action<string, int, int>? progress, CancellationToken cancellation, bool withUnits = false)
    {
        int before = session.Store.Measurements(measurer.Device, session.Space.Family).Length;
        await session.MeasureAsync(measurer, points, withUnits, (done, all) => progress?.Invoke(what, done, all), cancellation);
        measured += session.Store.Measurements(measurer.Device, session.Space.Family).Length - before;
    }

    // The winner of many noisy times is too good on average; finalists must show it twice, and the slower time counts.
    private async Task RepeatAsync(OptimisedDesign[] finalists, Action<string, int, int>? progress, CancellationToken cancellation)
    {
        int done = 0;
        await foreach (MeasuredDesign again in measurer.MeasureAsync([.. finalists.Select(design => design.Point)], withUnits: false, cancellation))
        {
            progress?.Invoke("finalists again", ++done, finalists.Length);
            OptimisedDesign before = finalists.First(design => design.Point.Equals(again.Point));
            if (again.Status == MeasurementStatus.Ok && again.Ms > before.Ms)
            {
                session.Store.Add(again.ToEntry(session.Space, measurer.Device, before.Measured.Time));
            }
        }
    }

    private double? Correction(Dictionary<SpacePoint, double> predicted)
    {
        double[] ratios = [.. predicted
            .Select(pair => session.Store.Measurement(measurer.Device, session.Space.IdOf(pair.Key))?.Ms / pair.Value)
            .OfType<double>()
            .Where(double.IsFinite)];
        return ratios.Length > 0 ? Quantiles.Median(ratios) : null;
    }

    private ImmutableArray<OptimisedDesign> Known(Dictionary<SpacePoint, double> predicted)
    {
        IEnumerable<SpacePoint> points = session.MeasuredOn(measurer.Device).Select(sample => sample.Point).Union(predicted.Keys);
        return [.. points
            .Select(point => (Point: point, Entry: session.Store.Measurement(measurer.Device, session.Space.IdOf(point))))
            .Where(pair => pair.Entry is not null)
            .Select(pair => new OptimisedDesign(
                pair.Point, value.Model.Predict(pair.Point.Choices.AsSpan()), predicted.GetValueOrDefault(pair.Point, double.NaN), pair.Entry!))];
    }

    private static IEnumerable<OptimisedDesign> Within(IEnumerable<OptimisedDesign> designs, OptimiseQuestion question) => designs
        .Where(design => design.Measured.Status == MeasurementStatus.Ok && design.Ms <= question.BudgetMs && !double.IsNaN(design.Value))
        .Where(design => question.Joules is not { } joules || design.Measured.Joules <= joules)
        .Where(design => question.PeakBytes is not { } peak || design.Measured.PeakBytes <= peak)
        .Where(design => question.SizeBytes is not { } size || design.Measured.SizeBytes <= size)
        .OrderByDescending(design => design.Value)
        .ThenBy(design => design.Ms);
}
