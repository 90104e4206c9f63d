using System.Collections.Immutable;
using Attune.Numerics;

namespace Attune.Design.Flow;

/// <summary>What adapting known devices to a target gave.</summary>
/// <param name="Device">The target.</param>
/// <param name="Method">How it was adapted; null when the target's own units were measured, which needs no other device.</param>
/// <param name="Origin">Where the predictions come from, in words.</param>
/// <param name="Samples">Measured designs it was fitted to.</param>
/// <param name="Unseen">Rank correlation on measured designs that the fit had not seen, by cross-validation; null when there were too few.</param>
/// <param name="RelativeError">Mean relative error on those; NaN when there were too few.</param>
public sealed record AdaptedTarget(DeviceKey Device, AdaptMethod? Method, string Origin, int Samples, RankInterval? Unseen, double RelativeError)
{
    /// <summary>Known devices with their weights, the heaviest first.</summary>
    public ImmutableArray<(DeviceKey Device, double Weight)> Proxies { get; init; } = [];

    /// <summary>
    /// Groups of units that differ most on the target, with how much longer they take than the heaviest known device and the common ratio say.
    /// </summary>
    public ImmutableArray<(string Group, double Factor)> Differences { get; init; } = [];

    /// <summary>What to measure next; null where the method does not know.</summary>
    public NextMeasurement? Next { get; init; }

    /// <summary>Error of the method that was tried and not used; null when none was.</summary>
    public (AdaptMethod Method, double RelativeError)? Rejected { get; init; }

    internal static AdaptedTarget Of(TargetModel model, AdaptMethod? method) =>
        new(model.Device, method, model.Origin, model.Samples, model.Unseen, model.RelativeError) { Proxies = model.Proxies, Differences = model.Differences };
}
