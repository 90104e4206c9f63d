using System.Collections.Immutable;
using Attune.Design.Units;
using Attune.Numerics;

namespace Attune.Design.Flow;

/// <summary>
/// Adapts the known devices of a family to a target by one of several methods. Without a wish it takes a device's own units where they were measured, otherwise
/// the whole fleet where it knows two devices, and the stack where the fleet's error on designs left out is larger. Stateless but for the session.
/// </summary>
/// <param name="session">The family and its store.</param>
public sealed class TargetAdapter(DesignSession session)
{
    private readonly TargetModeller modeller = new(session);

    /// <summary>Adapts.</summary>
    /// <param name="target">The target.</param>
    /// <param name="method">The method; null chooses.</param>
    /// <param name="cancellation">Stops programs of the user.</param>
    /// <returns>
    /// Null when too little is known: no other device with measured units (two for the fleet), or fewer than 5 designs that ran on the target.
    /// </returns>
    public async Task<AdaptedTarget?> RunAsync(DeviceKey target, AdaptMethod? method, CancellationToken cancellation)
    {
        if (method is null && await session.OwnModelAsync(target, cancellation) is not null)
        {
            return await modeller.RunAsync(target, cancellation) is { } own ? AdaptedTarget.Of(own, null) : null;
        }

        if (method == AdaptMethod.AdaProxy)
        {
            return await BestProxyAsync(target, cancellation) is { } best
                && await modeller.RunAsync(target, cancellation, proxiesOnly: ImmutableHashSet.Create(best)) is { } one
                ? AdaptedTarget.Of(one, AdaptMethod.AdaProxy)
                : null;
        }

        ImmutableHashSet<DeviceKey> others = [.. session.Store.Devices(session.Space.Family).Where(device => device != target)];
        AdaptedTarget? stack = await modeller.RunAsync(target, cancellation, proxiesOnly: others) is { } stacked
            ? AdaptedTarget.Of(stacked, AdaptMethod.Stack)
            : null;
        if (method == AdaptMethod.Stack || stack is null)
        {
            return stack;
        }

        AdaptedTarget? fleet = await new FleetModeller(session).RunAsync(target, cancellation);
        if (fleet is null)
        {
            return method is null ? stack : null;
        }

        // Which units differ is known from the corrections of the stack.
        fleet = fleet with { Differences = stack.Differences };
        return method is null && stack.RelativeError < fleet.RelativeError
            ? stack with { Next = fleet.Next, Rejected = (AdaptMethod.Fleet, fleet.RelativeError) }
            : fleet with { Rejected = method is null ? (AdaptMethod.Stack, stack.RelativeError) : null };
    }

    private async Task<DeviceKey?> BestProxyAsync(DeviceKey target, CancellationToken cancellation)
    {
        (Spaces.SpacePoint Point, double Ms)[] samples = [.. session.MeasuredOn(target)];
        DeviceKey? best = null;
        double highest = double.NegativeInfinity;
        foreach (DeviceKey device in session.Store.Devices(session.Space.Family).Where(device => device != target))
        {
            if (await session.OwnModelAsync(device, cancellation) is { } model)
            {
                var sum = new UnitSum(session.EncoderOf(device), model.Contribution, model.OffsetMs);
                double rank = Spearman.Of([.. samples.Select(sample => sum.Predict(sample.Point))], [.. samples.Select(sample => sample.Ms)]);
                if (best is null || rank > highest)
                {
                    (best, highest) = (device, double.IsNaN(rank) ? double.NegativeInfinity : rank);
                }
            }
        }

        return best;
    }
}
