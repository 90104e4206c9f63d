using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Proxies;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Units;

namespace Attune.Design.Flow;

/// <summary>Tells how well each known device orders designs that were measured on a target, and whether one of them may stand for it.</summary>
/// <param name="session">The family and its store.</param>
public sealed class ProxyAssessment(DesignSession session)
{
    /// <summary>Judges all devices of the store except the target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="points">Designs that were measured on it.</param>
    /// <param name="band">Latencies that matter; null when all do.</param>
    /// <param name="cancellation">Stops programs of the user.</param>
    public async Task<ProxyDecision> RunAsync(DeviceKey target, ImmutableArray<SpacePoint> points, LatencyBand? band, CancellationToken cancellation)
    {
        MeasurementEntry?[] entries = [.. points.Select(point => session.Store.Measurement(target, session.Space.IdOf(point)))];
        var column = new DeviceColumn(target.ToString(), [.. entries.Select(entry => entry?.Ms ?? double.NaN)]);
        var proxies = ImmutableArray.CreateBuilder<DeviceColumn>();
        foreach (DeviceKey device in session.Store.Devices(session.Space.Family).Where(device => device != target))
        {
            proxies.Add(await ColumnAsync(device, points, cancellation));
        }

        return new ProxyPool(proxies.ToImmutable()).Assess(column, entries.Count(entry => entry is not null && entry.Status != MeasurementStatus.Ok), band);
    }

    // Measured where the proxy has measured the design, predicted elsewhere.
    private async Task<DeviceColumn> ColumnAsync(DeviceKey device, ImmutableArray<SpacePoint> points, CancellationToken cancellation)
    {
        AdditiveModel? model = await session.OwnModelAsync(device, cancellation);
        UnitSum? sum = model is null ? null : new UnitSum(session.EncoderOf(device), model.Contribution, model.OffsetMs);
        return new DeviceColumn(
            device.ToString(),
            [.. points.Select(
                point =>
                    session.Store.Measurement(device, session.Space.IdOf(point)) is { } entry ? entry.Ms ?? double.NaN : sum?.Predict(point) ?? double.NaN)]);
    }
}
