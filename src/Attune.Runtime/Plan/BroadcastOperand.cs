using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <summary>How an element-wise step reads an operand that is smaller than its result.</summary>
/// <param name="Numbers">The operand, laid out as the kernel reads it, when it is a constant; null for an activation, which is the step's second input.</param>
/// <param name="IsFirst">True when the smaller operand stands before the other one.</param>
/// <param name="Visited">What the kernel visits.</param>
/// <param name="Line">View of the large operand and of the result, when they are dense; null for that of their storages.</param>
/// <param name="View">View of <paramref name="Numbers"/>; null for that of the activation's storage, which every pixel of its channel reads.</param>
internal sealed record BroadcastOperand(float[]? Numbers, bool IsFirst, ElementwiseExtent Visited, ActivationView? Line, ActivationView? View);
