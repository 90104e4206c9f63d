namespace Attune.Design.Flow;

/// <summary>How known devices are adapted to a target.</summary>
public enum AdaptMethod
{
    /// <summary>
    /// A stack of all known devices and a Gaussian process over what they share, weighted by their errors on designs left out. Needs two known devices.
    /// </summary>
    Fleet,

    /// <summary>A stack of all known devices with corrections per group of units.</summary>
    Stack,

    /// <summary>The one known device that orders the measured designs best, with corrections per group of units.</summary>
    AdaProxy,
}
