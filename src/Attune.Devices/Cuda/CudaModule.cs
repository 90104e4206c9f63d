namespace Attune.Devices.Cuda;

/// <summary>Compiled code in a context.</summary>
/// <param name="Handle">The driver's handle.</param>
internal sealed record CudaModule(nint Handle);
