namespace Attune.Devices;

/// <summary>How far results from one device hold on another.</summary>
public enum DeviceMatch
{
    /// <summary>Another architecture, vector width or cache: configurations are hints, times mean nothing.</summary>
    Different,

    /// <summary>Same architecture, vector width and near caches: configurations run and are likely good, times are not comparable.</summary>
    Compatible,

    /// <summary>The same device as far as can be told: configurations and times hold.</summary>
    Exact,
}
