namespace Attune.Kernels;

/// <summary>
/// Operators that fusion makes. They live in our own domain, run by the same templates as their plain forms, and have reference kernels
/// composed from the reference kernels of their parts.
/// </summary>
internal static class FusedOperators
{
    /// <summary>
    /// y = act(conv(x, w) + bias + residual). Inputs: x, w, bias (may be omitted), residual (may be omitted; same shape as y), scales
    /// (see <see cref="Scales"/>).
    /// Attributes: kernel_shape, strides, dilations, pads (begin of every axis, then end; explicit, never auto_pad), group as in ONNX Conv;
    /// activation, alpha, beta as described at <see cref="Activation"/>.
    /// </summary>
    public const string Convolution = "attune.Conv";

    /// <summary>
    /// y[m, n] = act(sum_k x[m, k] * w[k, n] + bias[n] + residual[m, n]), x of any rank >= 2 with leading axes flattened into m; w a rank-2 constant.
    /// Inputs: x, w, bias (may be omitted), residual (may be omitted; same shape as y), scales (see <see cref="Scales"/>).
    /// Attributes: transB (1: w is stored [n, k]); activation, alpha, beta.
    /// </summary>
    public const string Dense = "attune.Dense";

    /// <summary>
    /// Scaled dot-product attention: for each head, y = softmax(q k^T scale + mask) v. Inputs: q [batch, queries, q columns], k [batch, keys, k columns],
    /// v [batch, keys, v columns], mask (may be omitted; broadcasts to [batch, heads, queries, keys]). Output [batch, queries, heads * value_size].
    /// Attributes: heads; size (elements of a head's query and key); value_size; scale; offsets (column of the first head in q, k and v; the heads'
    /// columns follow each other).
    /// </summary>
    public const string Attention = "attune.Attention";

    /// <summary>
    /// The part of a network whose types are known only while it runs, or that holds control flow: its nodes are the attribute <see cref="Body"/>, a network
    /// whose inputs are those of this operator, by position and by name. The last node of its network: whatever reads its results is in it.
    /// </summary>
    public const string Dynamic = "attune.Dynamic";

    /// <summary>Name of the attribute that holds the nodes of <see cref="Dynamic"/>.</summary>
    public const string Body = "body";

    /// <summary>
    /// What a recurrent layer does from step to step, once the products of its inputs are there: the outputs of ONNX's LSTM, GRU and RNN, any of which may be
    /// omitted. Inputs: sums (W x + Wb + Rb of every step, in ONNX's order of gates, the directions one behind the other: [steps, batch, directions * gates *
    /// hidden], with layout 1 [batch, steps, ...]), r as in ONNX, the part of Rb that a GRU with linear_before_reset keeps for its candidate ([directions,
    /// hidden]; may be omitted), initial hidden state and initial cell state (may be omitted). Attributes: cell (the ONNX operator), direction, layout,
    /// linear_before_reset, activations, activation_alpha and activation_beta as in ONNX.
    /// </summary>
    public const string Recurrent = "attune.Recurrent";

    /// <summary>
    /// Position of the input that holds one scale per output channel when the weights are stored narrowly, as 16-bit floats or signed bytes
    /// (<see cref="StoredWeights"/>); absent when they are of the type of x.
    /// </summary>
    public const int Scales = 4;

    /// <summary>Position of the residual among the inputs.</summary>
    public const int Residual = 3;

    /// <summary>
    /// Name of the text attribute that selects the activation: none, relu, clip (alpha = lower, beta = upper bound), leaky_relu (alpha = slope), sigmoid, silu
    /// (x * sigmoid x), hard_swish (x * max(0, min(1, x / 6 + 1/2))), hard_sigmoid (max(0, min(1, alpha x + beta))), gelu (exact, through erf), gelu_tanh,
    /// tanh.
    /// </summary>
    public const string Activation = "activation";
}
