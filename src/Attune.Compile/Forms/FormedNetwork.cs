using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.Forms;

/// <summary>A network whose layers have cheaper forms of any kind.</summary>
/// <param name="Network">The network, as <see cref="LayerAlternatives"/> describes it.</param>
/// <param name="Forms">What was added, in order of execution.</param>
public sealed record FormedNetwork(Network Network, ImmutableArray<LayerForm> Forms);
