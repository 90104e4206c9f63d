using System.Runtime.InteropServices;

namespace Attune.Peers.OnnxRuntime;

/// <summary>The loaded library and its function table. One per process; never unloaded.</summary>
internal sealed unsafe class OrtLibrary
{
    private readonly nint* table;

    private OrtLibrary(nint* table, string version)
    {
        this.table = table;
        Version = version;
    }

    /// <summary>The library's own version text, for example 1.23.0.</summary>
    public string Version { get; }

    /// <summary>Address of a function, to be cast to its signature.</summary>
    public nint this[OrtFunction function] => table[(int)function];

    /// <summary>Loads a shared library.</summary>
    /// <exception cref="DllNotFoundException">The file is no loadable library.</exception>
    /// <exception cref="OrtException">The library speaks no version of the interface that we know.</exception>
    public static OrtLibrary Load(string path)
    {
        nint handle = NativeLibrary.Load(path);
        var getBase = (delegate* unmanaged[Cdecl]<nint*>)NativeLibrary.GetExport(handle, "OrtGetApiBase");
        nint* apiBase = getBase();
        var getApi = (delegate* unmanaged[Cdecl]<uint, nint*>)apiBase[0];
        var getVersion = (delegate* unmanaged[Cdecl]<byte*>)apiBase[1];
        string version = Marshal.PtrToStringUTF8((nint)getVersion()) ?? "unknown";

        // Version 1 of the table is enough for everything called here, and every library still serves it.
        nint* functions = getApi(1);
        return functions is null
            ? throw new OrtException($"ONNX Runtime {version} at {path} does not offer version 1 of its C interface.")
            : new OrtLibrary(functions, version);
    }

    /// <summary>Turns a status into an exception; a null status is success.</summary>
    /// <exception cref="OrtException">The call failed.</exception>
    public void Check(nint status)
    {
        if (status == 0)
        {
            return;
        }

        var message = (delegate* unmanaged[Cdecl]<nint, byte*>)this[OrtFunction.GetErrorMessage];
        string text = Marshal.PtrToStringUTF8((nint)message(status)) ?? "unknown failure";
        Release(OrtFunction.ReleaseStatus, status);
        throw new OrtException(text);
    }

    /// <summary>Calls one of the Release functions.</summary>
    public void Release(OrtFunction function, nint handle)
    {
        if (handle != 0)
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)this[function])(handle);
        }
    }
}
