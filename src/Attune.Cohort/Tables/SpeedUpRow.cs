using System.Runtime.InteropServices;

namespace Attune.Cohort.Tables;

/// <summary>What one setting does to some work (design paper, equations (5) to (7)).</summary>
/// <param name="Setting">The setting.</param>
/// <param name="SpeedUp">Time at the slowest setting over time at this one, at least about 1.</param>
/// <param name="Cost">What it costs: PowerUp, or energy in millijoules, as the table's maker chose.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SpeedUpRow(int Setting, double SpeedUp, double Cost);
