using System.Collections.Immutable;
using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Units;

namespace Attune.Design.Flow;

/// <summary>
/// Makes a device a proxy: measures designs spread over the family, times their units inside them, fits a predictor, and measures its error on designs it has
/// not seen. The same seed measures the same designs, so an interrupted build goes on.
/// </summary>
/// <param name="session">The family and its store.</param>
/// <param name="measurer">The device.</param>
/// <param name="clock">Time.</param>
public sealed class ProxyBuilder(DesignSession session, IDesignMeasurer measurer, TimeProvider clock)
{
    private const int MaxRepeats = 10;

    /// <summary>Builds the proxy.</summary>
    /// <param name="samples">Designs to fit the predictor to, at least <see cref="DesignSession.EnoughForModel"/>.</param>
    /// <param name="heldOut">Further designs to judge it by; 0 for none.</param>
    /// <param name="seed">Seed of the designs.</param>
    /// <param name="progress">Called after every design with those done and all.</param>
    /// <param name="cancellation">Stops early; what was measured is in the store.</param>
    /// <exception cref="InvalidOperationException">Too few designs run on the device; the message says why the first one does not.</exception>
    public async Task<ProxyBuildReport> RunAsync(int samples, int heldOut, int seed, Action<int, int>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, DesignSession.EnoughForModel);
        UnitEncoder encoder = session.EncoderOf(measurer.Device);
        ImmutableArray<SpacePoint> points = await session.SampleAsync(samples + heldOut, seed, encoder, cancellation);
        SpacePoint[] unseen = [.. points.Take(Math.Min(heldOut, points.Length / 3))];
        SpacePoint[] train = [.. points.Skip(unseen.Length)];
        await session.MeasureAsync(measurer, train, withUnits: true, (done, _) => progress?.Invoke(done, points.Length), cancellation);
        await session.MeasureAsync(measurer, unseen, withUnits: false, (done, _) => progress?.Invoke(train.Length + done, points.Length), cancellation);
        AdditiveModel model = await session.OwnModelAsync(measurer.Device, cancellation, unseen.ToHashSet())
            ?? throw new InvalidOperationException($"Of {train.Length} designs too few run on {measurer.Device}"
                + $"{(Refused(train).FirstOrDefault() is { Reason.Length: > 0 } first ? $"; the first one does not because: {first.Reason}" : string.Empty)}.");
        (FitQuality? quality, (int Estimated, int All) estimated) = await JudgeAsync(model, encoder, unseen, cancellation);
        FitQuality? repeat = await RepeatAsync([.. unseen.Take(MaxRepeats)], cancellation);
        int ran = train.Count(point => session.Store.Measurement(measurer.Device, session.Space.IdOf(point)) is { Status: MeasurementStatus.Ok });
        session.Store.Add(new FitEntry
        {
            Time = clock.GetUtcNow(),
            Device = measurer.Device.ToString(),
            Family = session.Space.Family,
            Terms = [.. model.Terms.Select(term => term.Term)],
            Factors = [.. model.Terms.Select(term => term.Factor)],
            Samples = ran,
            HeldOut = quality?.Designs ?? 0,
            RSquared = Finite(quality?.RSquared),
            Spearman = Finite(quality?.Spearman.Estimate),
            RelativeError = Finite(quality?.RelativeError),
        });
        return new ProxyBuildReport(
            measurer.Device, ran, [.. Refused(points)], session.Store.Units(measurer.Device).Length, quality, repeat, model.Terms, estimated);
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private IEnumerable<(string Design, string Reason)> Refused(IEnumerable<SpacePoint> points) => points
        .Select(point => session.Store.Measurement(measurer.Device, session.Space.IdOf(point)))
        .OfType<MeasurementEntry>()
        .Where(entry => entry.Status != MeasurementStatus.Ok)
        .Select(entry => (entry.Design, entry.Message ?? entry.Status.ToString()));

    private async Task<(FitQuality? Quality, (int Estimated, int All) Units)> JudgeAsync(
        AdditiveModel model, UnitEncoder encoder, SpacePoint[] unseen, CancellationToken cancellation)
    {
        var predicted = new List<double>();
        var measured = new List<double>();
        int estimated = 0;
        int all = 0;
        foreach (SpacePoint point in unseen)
        {
            if (session.Store.Measurement(measurer.Device, session.Space.IdOf(point)) is { Status: MeasurementStatus.Ok, Ms: { } ms }
                && (await encoder.EncodeAsync(point, cancellation)).Design is { } design)
            {
                predicted.Add(model.Predict(design));
                measured.Add(ms);
                estimated += model.Estimated(design);
                all += design.Units.Length;
            }
        }

        return (measured.Count > 1 ? FitQuality.Of(predicted, measured) : null, (estimated, all));
    }

    // Not kept: the first measurement of a design counts, so that a fit can be repeated.
    private async Task<FitQuality?> RepeatAsync(SpacePoint[] points, CancellationToken cancellation)
    {
        var first = new List<double>();
        var second = new List<double>();
        await foreach (MeasuredDesign again in measurer.MeasureAsync(points, withUnits: false, cancellation))
        {
            if (again.Status == MeasurementStatus.Ok
                && session.Store.Measurement(measurer.Device, session.Space.IdOf(again.Point)) is { Status: MeasurementStatus.Ok, Ms: { } ms })
            {
                first.Add(ms);
                second.Add(again.Ms);
            }
        }

        return first.Count > 1 ? FitQuality.Of(second, first) : null;
    }
}
