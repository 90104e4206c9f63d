namespace Attune.Design.Spaces;

/// <summary>Blocks of one size in the template of networks like MobileNet v2.</summary>
/// <param name="Channels">Output channels before the width gene scales them, at least 1.</param>
/// <param name="Stride">Stride of the first block, 1 or 2.</param>
/// <param name="Blocks">Most blocks, at least 1; a depth gene chooses among 1 to this.</param>
/// <param name="Kernel">Depthwise kernel where no gene says otherwise: odd.</param>
/// <param name="Expansion">Expansion where no gene says otherwise, above 0.</param>
public sealed record MobileNetStage(int Channels, int Stride, int Blocks, int Kernel = 3, double Expansion = 6);
