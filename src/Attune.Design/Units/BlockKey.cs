using System.Runtime.InteropServices;

namespace Attune.Design.Units;

/// <summary>
/// Everything that decides which execution units a part of a template's network becomes: its own sizes, and whether the part behind it begins with a padded
/// convolution, for which this part's output keeps a border free. Parts with equal keys have equal units.
/// </summary>
/// <param name="Part">0 for the stem, 1 for a block, 2 for the tail.</param>
/// <param name="In">Input channels.</param>
/// <param name="Out">Output channels.</param>
/// <param name="Kernel">Depthwise kernel.</param>
/// <param name="Wide">Expanded channels.</param>
/// <param name="Stride">Stride.</param>
/// <param name="Rows">Rows of the input.</param>
/// <param name="Format">Format of the weights; above it what the part, the one before it and the two behind it multiply: they decide what is converted.</param>
/// <param name="Follower">Kernel of the padded convolution that reads the output; 0 for none. For the tail: channels of the head.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BlockKey(int Part, int In, int Out, int Kernel, int Wide, int Stride, int Rows, int Format, int Follower);
