using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu.Staged;

/// <summary>
/// How the places of a group along one axis are spread over its lanes: a lane has some beside each other, and as many again a whole group of lanes further, so
/// that lanes side by side read memory side by side (virtual lanes in AutoTVM).
/// </summary>
/// <param name="Apart">Times that the lanes are passed through.</param>
/// <param name="Lanes">Lanes.</param>
/// <param name="Beside">Places of a lane next to each other.</param>
internal readonly record struct LaneSplit(int Apart, int Lanes, int Beside)
{
    /// <summary>Places of the group.</summary>
    public int Tile => Apart * Lanes * Beside;

    /// <summary>Places of a lane.</summary>
    public int Each => Apart * Beside;

    /// <summary>Where a place of a lane lies among those of the group.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="each">Number of the place, below <see cref="Each"/>.</param>
    public Index Place(Index lane, int each) => (lane * Beside) + ((each / Beside * (Lanes * Beside)) + (each % Beside));
}
