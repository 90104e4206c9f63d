using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>
/// Types of an operator's outputs from those of its inputs; null when they depend on data that are not constant.
/// A list shorter than the outputs leaves the others unknown, a longer one describes outputs nobody asked for.
/// </summary>
/// <exception cref="InferenceException">The inputs do not fit the operator.</exception>
internal delegate TensorType[]? InferenceRule(InferenceContext context);
