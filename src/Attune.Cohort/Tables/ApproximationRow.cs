using System.Runtime.InteropServices;

namespace Attune.Cohort.Tables;

/// <summary>One way to approximate the rest of a job.</summary>
/// <param name="SpeedUp">Time of the exact rest over time of this one, at the same setting.</param>
/// <param name="Loss">Accuracy lost, points.</param>
/// <param name="NextVariant">Variant in which the next stage runs.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ApproximationRow(double SpeedUp, double Loss, int NextVariant);
