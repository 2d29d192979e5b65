{{/* Name of a role's objects; call with (dict "root" $ "role" "gpu"). */}}
{{- define "workers.name" -}}
{{ printf "%s-%s" .root.Release.Name .role | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "workers.selector" -}}
app.kubernetes.io/name: selfpruner
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "workers.labels" -}}
{{ include "workers.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "workers.account" -}}
{{ .Values.serviceAccount.name | default (ternary (printf "%s-workers" .Release.Name) "default" .Values.serviceAccount.create) }}
{{- end }}
