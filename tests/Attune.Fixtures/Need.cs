namespace Attune.Fixtures;

/// <summary>What a test may need that not every machine has.</summary>
public enum Need
{
    /// <summary>The recorded spaces of four GPUs.</summary>
    RecordedSpaces,

    /// <summary>Logs that AutoTVM wrote.</summary>
    AutoTvmLogs,

    /// <summary>Public measurements of many devices.</summary>
    DeviceMeasurements,

    /// <summary>Tables recorded on a board.</summary>
    BoardTables,

    /// <summary>Models that once failed.</summary>
    FailedModels,

    /// <summary>The tests that come with ONNX.</summary>
    OnnxTests,

    /// <summary>The library of XGBoost.</summary>
    Xgboost,

    /// <summary>The program that drives ONNX Runtime.</summary>
    OnnxRuntime,

    /// <summary>Rights of the superuser.</summary>
    Superuser,

    /// <summary>A device that is always full.</summary>
    FullDevice,

    /// <summary>Linux, whose processes say on which processors they run.</summary>
    Linux,

    /// <summary>Two processors.</summary>
    TwoProcessors,

    /// <summary>A device that an OpenCL driver offers.</summary>
    OpenCl,

    /// <summary>A clang that compiles CUDA.</summary>
    Clang,

    /// <summary>Compilers of C and C++ for this machine, which make a CUDA driver that needs no GPU.</summary>
    HostCompilers,

    /// <summary>NVIDIA's compiler of CUDA C++ as a library; it needs no GPU.</summary>
    Nvrtc,

    /// <summary>NVIDIA's assembler, which turns PTX into machine code; it needs no GPU.</summary>
    Ptxas,

    /// <summary>The best configurations that TVM's project published.</summary>
    TopHub,
}
