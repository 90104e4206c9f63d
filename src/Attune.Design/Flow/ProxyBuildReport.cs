using System.Collections.Immutable;
using Attune.Design.Units;

namespace Attune.Design.Flow;

/// <summary>What building a proxy gave.</summary>
/// <param name="Device">Key of the device.</param>
/// <param name="Samples">Designs that ran and that the predictor was fitted to.</param>
/// <param name="Unsupported">Designs that did not run, with the reason.</param>
/// <param name="Units">Execution units with a time.</param>
/// <param name="Quality">Agreement with designs that the predictor had not seen; null when none was held out.</param>
/// <param name="Repeat">Agreement of two measurements of the same designs: no predictor can do better; null when that was not measured.</param>
/// <param name="Terms">Terms of the predictor.</param>
/// <param name="Estimated">Units of the held-out designs whose time was an estimate, and all of them.</param>
public sealed record ProxyBuildReport(
    DeviceKey Device,
    int Samples,
    ImmutableArray<(string Design, string Reason)> Unsupported,
    int Units,
    FitQuality? Quality,
    FitQuality? Repeat,
    ImmutableArray<(string Term, double Factor)> Terms,
    (int Estimated, int All) Estimated);
