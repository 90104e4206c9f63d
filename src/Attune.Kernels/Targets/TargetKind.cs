namespace Attune.Kernels.Targets;

/// <summary>Kinds of device that kernels can be generated for.</summary>
public enum TargetKind
{
    /// <summary>A processor: kernels are lowered to IL and compiled in the process that runs them.</summary>
    Cpu,

    /// <summary>A device of an OpenCL driver: kernels are printed as OpenCL C and compiled by the driver.</summary>
    OpenCl,

    /// <summary>A device of NVIDIA's driver: kernels are printed as CUDA C and compiled by NVRTC.</summary>
    Cuda,
}
