using Attune.Devices;
using Attune.Devices.Cuda;
using Attune.Kernels.Sources;

namespace Attune.Kernels.Backends.Cuda;

/// <summary>
/// Turns text into programs of a device: kept ones, what NVRTC makes, or on machines without NVRTC what came along compiled. Who has a compiler does not use
/// what others compiled.
/// </summary>
/// <param name="context">The device in use.</param>
/// <param name="compiler">Its compiler, or why there is none.</param>
/// <param name="cache">Where compiled programs are kept; null compiles each anew.</param>
/// <param name="given">Programs that were compiled elsewhere.</param>
internal sealed class CudaPrograms(
    CudaContext context, Result<CudaCompiler, string> compiler, ProgramCache? cache, IReadOnlyCollection<DeviceCode> given)
{
    private const int LogLines = 12;
    private readonly ILookup<string, DeviceCode> named = given.ToLookup(code => code.Source);

    /// <summary>How compiled programs are named.</summary>
    public static string NameOf(string text) => DeviceCode.NameOf(text, CudaCompiler.ExactSums);

    /// <summary>Loads a program; why not otherwise.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="functions">Its functions.</param>
    public Result<CudaProgram, string> Load(string text, IEnumerable<SourceKernel> functions) =>
        compiler.Succeeded ? Compile(text, compiler.Value) : given.Count > 0 ? Take(text, functions) : compiler.Error;

    // A log may name every line of the program; the first errors say what is wrong.
    private static string Beginning(string log) =>
        string.Join('\n', log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(LogLines));

    private Result<CudaProgram, string> Compile(string text, CudaCompiler own)
    {
        CudaDevice device = context.Device;
        string key = ProgramCache.KeyOf("cuda", text, own.Identity, device.Name, device.Capability.ToString(), device.Driver.ToString());
        if (cache?.Find(key) is { } kept && context.Load(kept) is { Succeeded: true } ready)
        {
            return new CudaProgram(ready.Value, text, own.Architecture, kept);
        }

        Result<byte[], string> compiled = own.Compile(text);
        if (!compiled.Succeeded)
        {
            return $"NVRTC {own.Version} refused: {Beginning(compiled.Error)}";
        }

        Result<CudaModule, string> module = context.Load(compiled.Value);
        if (!module.Succeeded)
        {
            return $"the driver (CUDA {device.Driver}) refused what NVRTC {own.Version} compiled: {Beginning(module.Error)}";
        }

        cache?.Keep(key, compiled.Value);
        return new CudaProgram(module.Value, text, own.Architecture, compiled.Value);
    }

    private Result<CudaProgram, string> Take(string text, IEnumerable<SourceKernel> functions)
    {
        string why = $"it is not among the {given.Count} compiled programs that came with the model";
        foreach (DeviceCode code in named[NameOf(text)].OrderByDescending(code => code.Architecture))
        {
            CudaDevice device = context.Device;
            if (code.Architecture > device.Architecture)
            {
                why = $"what came with the model was compiled for compute capability {CudaCompiler.InWords(code.Architecture)} and newer, "
                    + $"and {device.Name} has {device.Capability}";
                continue;
            }

            if (code.Unpack() is not { } ptx)
            {
                why = "what came with the model is damaged";
            }
            else if (PtxText.Refusal(ptx, functions) is { } wrong)
            {
                why = $"what came with the model is not taken: {wrong}";
            }
            else
            {
                Result<CudaModule, string> module = context.Load(ptx);
                if (module.Succeeded)
                {
                    return new CudaProgram(module.Value, text, code.Architecture, ptx);
                }

                why = $"the driver (CUDA {device.Driver}) refused what came with the model: {Beginning(module.Error)}";
            }
        }

        return $"{why}, and there is {compiler.Error}";
    }
}
