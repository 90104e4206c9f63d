using System.Runtime.InteropServices;

namespace Attune.Cohort.Simulation;

/// <summary>LAG of a member at a boundary.</summary>
/// <param name="Us">When, microseconds.</param>
/// <param name="Member">Index of the member.</param>
/// <param name="Share">LAG over deadline; negative when behind.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LagPoint(double Us, int Member, double Share);
