using System.Runtime.InteropServices;

namespace Attune.Cohort.Decision;

/// <summary>What one member had published when a decision was made.</summary>
/// <param name="Running">True when it had a job.</param>
/// <param name="Stage">Its next stage, or the one in progress.</param>
/// <param name="LagUs">Its LAG, microseconds.</param>
/// <param name="Need">Speed-up over the slowest setting that it needed.</param>
/// <param name="BudgetUs">Time left to its deadline, microseconds.</param>
/// <param name="Slowdown">What the others cost it, as a factor of time.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DecisionInput(bool Running, int Stage, double LagUs, double Need, double BudgetUs, double Slowdown);
