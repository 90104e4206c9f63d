using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Local;
using Attune.Design.Ranking;
using Attune.Design.Spaces;
using Attune.Numerics;

namespace Attune.Design.Flow;

/// <summary>
/// Measures the same designs on several ways of running on one machine, computes their rank correlations, and adapts every device to every other one with half
/// of the designs, judged by the other half: what a proxy is worth here, measured and not assumed.
/// </summary>
/// <param name="session">The family and its store.</param>
public sealed class DeviceComparison(DesignSession session)
{
    /// <summary>Measures and compares.</summary>
    /// <param name="measurers">The devices, at least two different ones.</param>
    /// <param name="samples">Designs, at least twice <see cref="DesignSession.EnoughForModel"/>.</param>
    /// <param name="seed">Seed of the designs.</param>
    /// <param name="progress">Called with the device, designs done and all.</param>
    /// <param name="cancellation">Stops early; what was measured is in the store.</param>
    public async Task<DeviceComparisonReport> RunAsync(
        IReadOnlyList<IDesignMeasurer> measurers, int samples, int seed, Action<DeviceKey, int, int>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2 * DesignSession.EnoughForModel);
        ImmutableArray<SpacePoint> points = await session.SampleAsync(samples, seed, session.EncoderOf(measurers[0].Device), cancellation);
        var columns = ImmutableArray.CreateBuilder<DeviceColumn>();
        foreach (IDesignMeasurer measurer in measurers)
        {
            await session.MeasureAsync(measurer, points, withUnits: true, (done, all) => progress?.Invoke(measurer.Device, done, all), cancellation);
            columns.Add(new DeviceColumn(
                measurer.Device.ToString(),
                [.. points.Select(point => session.Store.Measurement(measurer.Device, session.Space.IdOf(point))?.Ms ?? double.NaN)]));
        }

        var pairs = ImmutableArray.CreateBuilder<AdaptedPair>();
        foreach (IDesignMeasurer target in measurers)
        {
            foreach (IDesignMeasurer proxy in measurers.Where(other => other.Device != target.Device))
            {
                if (await AdaptAsync(proxy.Device, target.Device, points, cancellation) is { } pair)
                {
                    pairs.Add(pair);
                }
            }
        }

        return new DeviceComparisonReport(RankMatrix.Of(columns.ToImmutable()), columns.ToImmutable(), pairs.ToImmutable(), points.Length);
    }

    private async Task<AdaptedPair?> AdaptAsync(DeviceKey proxy, DeviceKey target, ImmutableArray<SpacePoint> points, CancellationToken cancellation)
    {
        SpacePoint[] test = [.. points.Where((_, i) => i % 2 == 1)];
        HashSet<SpacePoint> without = [.. session.MeasuredOn(target).Select(sample => sample.Point).Where(
            point => test.Contains(point) || !points.Contains(point))];
        if (await new TargetModeller(session).RunAsync(target, cancellation, without, ImmutableHashSet.Create(proxy)) is not { } model)
        {
            return null;
        }

        double Ms(DeviceKey device, SpacePoint point) => session.Store.Measurement(device, session.Space.IdOf(point))?.Ms ?? double.NaN;
        double[] measured = [.. test.Select(point => Ms(target, point))];
        double[] raw = [.. test.Select(point => Ms(proxy, point))];
        double[] adapted = [.. test.Select(point => model.Latency.Predict(point.Choices.AsSpan()))];
        return new AdaptedPair(
            proxy, target, Spearman.Of(raw, measured), Spearman.Of(adapted, measured), model.Samples, measured.Count(ms => !double.IsNaN(ms)));
    }
}
