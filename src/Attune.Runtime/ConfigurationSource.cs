namespace Attune.Runtime;

/// <summary>Where a kernel's configuration comes from.</summary>
public enum ConfigurationSource
{
    /// <summary>Found by a search on this kind of machine.</summary>
    Tuned,

    /// <summary>Chosen by rule, nothing was measured.</summary>
    Default,

    /// <summary>A tuned configuration for another vector width or another version, carried over knob by knob.</summary>
    Nearest,
}
