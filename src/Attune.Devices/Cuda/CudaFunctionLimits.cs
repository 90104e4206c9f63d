namespace Attune.Devices.Cuda;

/// <summary>What a compiled function takes, as the driver tells it.</summary>
/// <param name="MaxLanes">Lanes that a group of it may have on this device.</param>
/// <param name="SharedBytes">Memory that the lanes of a group share, bytes.</param>
/// <param name="LocalBytes">Memory that each lane keeps outside its registers, bytes: above zero when registers did not suffice.</param>
/// <param name="Registers">Registers of a lane.</param>
internal sealed record CudaFunctionLimits(int MaxLanes, int SharedBytes, int LocalBytes, int Registers);
