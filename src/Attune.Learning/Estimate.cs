using System.Runtime.InteropServices;

namespace Attune.Learning;

/// <summary>What an ensemble predicts for one row.</summary>
/// <param name="Mean">Mean over the members, in the unit of the labels.</param>
/// <param name="Deviation">Standard deviation over the members; 0 for a single one.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Estimate(double Mean, double Deviation);
