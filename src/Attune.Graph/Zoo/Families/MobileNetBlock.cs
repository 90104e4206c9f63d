namespace Attune.Graph.Zoo.Families;

/// <summary>One inverted residual block: 1x1 to the expanded channels, depthwise, 1x1 to the block's channels; the input is added where shapes allow.</summary>
/// <param name="Name">Prefix of the names of its nodes; unique in the network.</param>
/// <param name="Channels">Output channels, at least 1.</param>
/// <param name="Kernel">Rows and columns of the depthwise kernel: odd, at least 1.</param>
/// <param name="Expansion">Expanded channels over input channels, above 0; 1 leaves the first 1x1 convolution out.</param>
/// <param name="Stride">Stride of the depthwise convolution, 1 or more.</param>
public sealed record MobileNetBlock(string Name, int Channels, int Kernel, double Expansion, int Stride);
