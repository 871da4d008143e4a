await customElements.whenDefined(`home-assistant`);var e=globalThis,t=e.ShadowRoot&&(e.ShadyCSS===void 0||e.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,n=Symbol(),r=new WeakMap,i=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==n)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,n=this.t;if(t&&e===void 0){let t=n!==void 0&&n.length===1;t&&(e=r.get(n)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),t&&r.set(n,e))}return e}toString(){return this.cssText}},a=e=>new i(typeof e==`string`?e:e+``,void 0,n),o=(e,...t)=>new i(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,n),s=(n,r)=>{if(t)n.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let t of r){let r=document.createElement(`style`),i=e.litNonce;i!==void 0&&r.setAttribute(`nonce`,i),r.textContent=t.cssText,n.appendChild(r)}},c=t?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return a(t)})(e):e,{is:l,defineProperty:u,getOwnPropertyDescriptor:d,getOwnPropertyNames:f,getOwnPropertySymbols:p,getPrototypeOf:ee}=Object,m=globalThis,te=m.trustedTypes,ne=te?te.emptyScript:``,re=m.reactiveElementPolyfillSupport,h=(e,t)=>e,ie={toAttribute(e,t){switch(t){case Boolean:e=e?ne:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},ae=(e,t)=>!l(e,t),oe={attribute:!0,type:String,converter:ie,reflect:!1,useDefault:!1,hasChanged:ae};Symbol.metadata??=Symbol(`metadata`),m.litPropertyMetadata??=new WeakMap;var g=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=oe){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&u(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=d(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??oe}static _$Ei(){if(this.hasOwnProperty(h(`elementProperties`)))return;let e=ee(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(h(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(h(`properties`))){let e=this.properties,t=[...f(e),...p(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(c(e))}else e!==void 0&&t.push(c(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return s(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?ie:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?ie:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??ae)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};g.elementStyles=[],g.shadowRootOptions={mode:`open`},g[h(`elementProperties`)]=new Map,g[h(`finalized`)]=new Map,re?.({ReactiveElement:g}),(m.reactiveElementVersions??=[]).push(`2.1.2`);var se=globalThis,ce=e=>e,le=se.trustedTypes,ue=le?le.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,de=`$lit$`,_=`lit$${Math.random().toFixed(9).slice(2)}$`,fe=`?`+_,pe=`<${fe}>`,v=document,y=()=>v.createComment(``),b=e=>e===null||typeof e!=`object`&&typeof e!=`function`,me=Array.isArray,he=e=>me(e)||typeof e?.[Symbol.iterator]==`function`,ge=`[ 	
\f\r]`,x=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,_e=/-->/g,ve=/>/g,S=RegExp(`>|${ge}(?:([^\\s"'>=/]+)(${ge}*=${ge}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),ye=/'/g,be=/"/g,xe=/^(?:script|style|textarea|title)$/i,C=(e=>(t,...n)=>({_$litType$:e,strings:t,values:n}))(1),w=Symbol.for(`lit-noChange`),T=Symbol.for(`lit-nothing`),Se=new WeakMap,E=v.createTreeWalker(v,129);function Ce(e,t){if(!me(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return ue===void 0?t:ue.createHTML(t)}var we=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=x;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===x?c[1]===`!--`?o=_e:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=S):(xe.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=S):o=ve:o===S?c[0]===`>`?(o=i??x,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?S:c[3]===`"`?be:ye):o===be||o===ye?o=S:o===_e||o===ve?o=x:(o=S,i=void 0);let d=o===S&&e[t+1].startsWith(`/>`)?` `:``;a+=o===x?n+pe:l>=0?(r.push(s),n.slice(0,l)+de+n.slice(l)+_+d):n+_+(l===-2?t:d)}return[Ce(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},Te=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=we(t,n);if(this.el=e.createElement(l,r),E.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=E.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(de)){let t=u[o++],n=i.getAttribute(e).split(_),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?Oe:r[1]===`?`?ke:r[1]===`@`?Ae:O}),i.removeAttribute(e)}else e.startsWith(_)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(xe.test(i.tagName)){let e=i.textContent.split(_),t=e.length-1;if(t>0){i.textContent=le?le.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],y()),E.nextNode(),c.push({type:2,index:++a});i.append(e[t],y())}}}else if(i.nodeType===8){if(i.data===fe)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(_,e+1))!==-1;)c.push({type:7,index:a}),e+=_.length-1}}a++}}static createElement(e,t){let n=v.createElement(`template`);return n.innerHTML=e,n}};function D(e,t,n=e,r){if(t===w)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=b(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=D(e,i._$AS(e,t.values),i,r)),t}var Ee=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??v).importNode(t,!0);E.currentNode=r;let i=E.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new De(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new je(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=E.nextNode(),a++)}return E.currentNode=v,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},De=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=T,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=D(this,e,t),b(e)?e===T||e==null||e===``?(this._$AH!==T&&this._$AR(),this._$AH=T):e!==this._$AH&&e!==w&&this._(e):e._$litType$===void 0?e.nodeType===void 0?he(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==T&&b(this._$AH)?this._$AA.nextSibling.data=e:this.T(v.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=Te.createElement(Ce(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new Ee(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=Se.get(e.strings);return t===void 0&&Se.set(e.strings,t=new Te(e)),t}k(t){me(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(y()),this.O(y()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=ce(e).nextSibling;ce(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},O=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=T,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=T}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=D(this,e,t,0),a=!b(e)||e!==this._$AH&&e!==w,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=D(this,r[n+o],t,o),s===w&&(s=this._$AH[o]),a||=!b(s)||s!==this._$AH[o],s===T?e=T:e!==T&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===T?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},Oe=class extends O{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===T?void 0:e}},ke=class extends O{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==T)}},Ae=class extends O{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=D(this,e,t,0)??T)===w)return;let n=this._$AH,r=e===T&&n!==T||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==T&&(n===T||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},je=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){D(this,e)}},Me=se.litHtmlPolyfillSupport;Me?.(Te,De),(se.litHtmlVersions??=[]).push(`3.3.3`);var Ne=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new De(t.insertBefore(y(),e),e,void 0,n??{})}return i._$AI(e),i},Pe=globalThis,k=class extends g{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Ne(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return w}};k._$litElement$=!0,k.finalized=!0,Pe.litElementHydrateSupport?.({LitElement:k});var Fe=Pe.litElementPolyfillSupport;Fe?.({LitElement:k}),(Pe.litElementVersions??=[]).push(`4.2.2`);var Ie=(e,t,n)=>n?t.device_id===n||t.phones.some(e=>e.device_id===n):e.facts?.me.includes(t.id)??!1,Le=e=>e.facts?.title??``,Re=e=>[...e.pbxs.values()].sort((e,t)=>Le(e).localeCompare(Le(t))).flatMap(e=>[...e.sections.people.values()].map(t=>({pbx:e,person:t}))),A=(e,t)=>Re(e).filter(({pbx:e,person:n})=>Ie(e,n,t)),ze=(e,t)=>A(e,t)[0],j=(e,t,n)=>A(e,n).find(e=>e.pbx.id===t),M=(e,t)=>!!e&&!!e.pbx.facts?.connected&&e.person.control&&e.person.controllable&&e.pbx.can(t)&&!!e.person.device_id,Be=(e,t)=>e.pbx.id===t.entry&&e.person.id!==t.id,N=e=>M(e,`dial`);function P(e,t){return N(e)&&!!t.number&&Be(e,t)}function Ve(e,t){return M(e,`pick_up`)&&Be(e,t)&&t.control&&Ge(t)!==void 0}var He=[`talking`,`on_hold`,`ringing`];function F(e,t,n){return M(e,`transfer`)&&!!t.number&&Be(e,t)&&I(e,n)!==void 0}function Ue(e,t,n,r,i){let a=e.can(i===`pause`||i===`resume`?`pause_queue_agent`:`set_queue_agent`),o=t.control&&r.control&&r.controllable,s=i===`pause`||i===`resume`||!n.permanent;return a&&o&&s&&!!e.facts?.connected&&!!t.device_id&&!!r.device_id}var We=(e,t)=>M(e,`pick_up`)&&t.control,Ge=e=>Ke(e,`ringing`)??e.calls.find(e=>e.parked);function Ke(e,...t){return e.calls.find(e=>t.includes(e.state))}var qe=(e,t)=>e.some(({person:e})=>e.calls.some(e=>e.call_id===t));function I(e,t){if(!M(e,`transfer`))return;let n=e.person.calls.filter(e=>He.includes(e.state)&&!e.parked);return t===void 0?n.find(e=>e.state!==`ringing`)??n.at(0):n.find(e=>e.call_id===t)}function Je(e,t){let n=e.person.calls.filter(e=>(e.state===`talking`||e.state===`on_hold`)&&!e.parked);return n[0]===t?n[1]:void 0}function Ye(e,t){let n=Je(e,t);return n&&{other_call_id:n.call_id}}var Xe=[{name:`pick_up`,icon:`mdi:phone-incoming`,service:`pick_up`,capability:`pick_up`,states:[`on_hold`],look:`good`},{name:`answer`,icon:`mdi:phone`,service:`answer`,capability:`answer`,states:[`ringing`],look:`good`},{name:`reject`,icon:`mdi:phone-remove`,service:`reject`,capability:`reject`,states:[`ringing`],look:`bad`},{name:`hang_up`,icon:`mdi:phone-hangup`,service:`hangup`,capability:`hang_up`,states:[`talking`,`on_hold`,`dialing`],look:`bad`},{name:`hold`,icon:`mdi:pause`,service:`hold`,capability:`hold`,states:[`talking`]},{name:`resume`,icon:`mdi:play`,service:`resume`,capability:`hold`,states:[`on_hold`]},{name:`transfer`,icon:`mdi:phone-forward`,service:`transfer`,capability:`transfer`,states:He,local:!0},{name:`connect`,icon:`mdi:call-merge`,service:`transfer`,capability:`transfer`,states:[`talking`,`on_hold`],data:Ye},{name:`park`,icon:`mdi:parking`,service:`park`,capability:`park`,states:[`talking`,`on_hold`]},{name:`tones`,icon:`mdi:dialpad`,service:`send_dtmf`,capability:`send_dtmf`,states:[`talking`],local:!0},{name:`record`,icon:`mdi:record-rec`,service:`set_recording`,capability:`set_recording`,states:[`talking`],data:(e,t)=>t.recorded?void 0:{on:!0}},{name:`stop_recording`,icon:`mdi:stop`,service:`set_recording`,capability:`set_recording`,states:[`talking`,`on_hold`],data:(e,t)=>t.recorded?{on:!1}:void 0}];function Ze(e,t){let n=e=>t.parked===(e.name===`pick_up`)||e.name===`hang_up`;return Xe.filter(r=>M(e,r.capability)&&r.states.includes(t.state)&&n(r)).filter(n=>!n.data||n.data(e,t)!==void 0)}var Qe=class{constructor(e){this.hass=e}async press(e,t,n){await this.act(e,t.service,n,t.data?.(e,n))}async act(e,t,n,r={}){await this.run(e,t,{call_id:n.call_id,...r})}async dial(e,t){await this.run(e,`dial`,{number:t})}async transfer(e,t,n){await this.act(e,t.state===`ringing`?`redirect`:`transfer`,t,{number:n})}async pickUp(e,t){let n=Ge(t);n?.parked?await this.fetch(e,n):await this.run(e,`pick_up`,{ringing_at:t.device_id})}async fetch(e,t){await this.run(e,`pick_up`,{call_id:t.call_id})}async setDoNotDisturb(e,t,n){await this.run(e,`set_do_not_disturb`,{on:t,...n?{duration:{minutes:n}}:{}})}async setPresence(e,t,n){await this.run(e,`set_presence`,{activity:t,...n?{note:n}:{}})}async forward(e,t){await this.run(e,`set_forward`,t?{number:t}:{})}async findContacts(e,t){let n={config_entry_id:e,words:t};return(await this.hass.callService(`pbx`,`find_contacts`,n,void 0,!1,!0)).response?.contacts??[]}async setAgent(e,t,n){await this.hass.callService(`pbx`,`set_queue_agent`,{queue:t,change:n},{device_id:e.device_id})}async run(e,t,n){await this.hass.callService(`pbx`,t,n,{device_id:e.person.device_id})}},L=(...e)=>C`<span dir="ltr">${e}</span>`,R=o`
  :host {
    display: block;
    height: 100%;
    --pbx-good: #2e7d32;
    --pbx-bad: #c62828;
    --pbx-warn: #b45309;
    --pbx-line: var(--divider-color, #e0e0e0);
    color: var(--primary-text-color);
  }
  :host([dark]) {
    --pbx-good: #4caf50;
    --pbx-bad: #ef5350;
    --pbx-warn: #ffb74d;
  }
  ha-card {
    height: 100%;
    box-sizing: border-box;
    display: flex;
    flex-direction: column;
    overflow: hidden;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 12px 16px 4px;
  }
  h2 {
    flex: 1 1 auto;
    margin: 0;
    font-size: 1.15em;
    font-weight: 500;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .body {
    flex: 1 1 auto;
    min-height: 0;
    padding: 8px 16px 16px;
    overflow: auto;
  }
  /* The long lists of a whole office would bury all that stands beside them. */
  :host([preview]) .body {
    max-height: 420px;
  }
  .empty {
    color: var(--secondary-text-color);
    padding: 16px 0;
    text-align: center;
  }
  .quiet {
    color: var(--secondary-text-color);
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
    background: none;
    border: 1px solid var(--pbx-line);
    border-radius: 18px;
    min-height: 36px;
    padding: 0 14px;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    --mdc-icon-size: 20px;
    touch-action: manipulation;
    white-space: nowrap;
  }
  button:hover {
    background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  button.icon {
    width: 40px;
    min-height: 40px;
    padding: 0;
    border-radius: 50%;
    border-color: transparent;
    flex: none;
  }
  button.good,
  button.bad {
    color: #fff;
    border-color: transparent;
    background: #2e7d32;
  }
  button.bad {
    background: #c62828;
  }
  button.good:hover {
    background: #1b5e20;
  }
  button.bad:hover {
    background: #a31515;
  }
  button[aria-pressed="true"],
  button[aria-expanded="true"],
  button[aria-selected="true"] {
    background: color-mix(in srgb, var(--primary-color) 22%, transparent);
    border-color: var(--primary-color);
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  input[type="search"],
  input[type="text"],
  input[type="tel"],
  select {
    box-sizing: border-box;
    min-height: 40px;
    width: 100%;
    padding: 0 12px;
    border: 1px solid var(--pbx-line);
    border-radius: 20px;
    background: var(--card-background-color, #fff);
  }
  input::placeholder {
    color: var(--secondary-text-color);
    opacity: 1;
  }
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 48px;
    border-bottom: 1px solid var(--pbx-line);
  }
  .row:last-child {
    border-bottom: none;
  }
  .grow {
    flex: 1 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .note {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 8px 16px;
    background: color-mix(in srgb, var(--pbx-warn) 16%, transparent);
  }
  img.face {
    flex: none;
    width: 36px;
    height: 36px;
    border-radius: 50%;
    object-fit: cover;
  }
  .group {
    padding: 0 8px;
    border: 1px solid var(--pbx-line);
    border-radius: 10px;
    font-size: 0.85em;
    white-space: nowrap;
  }
  h3 {
    margin: 16px 0 4px;
    font-size: 1em;
    font-weight: 500;
  }
  input[type="checkbox"] {
    flex: none;
    width: 22px;
    height: 22px;
    margin: 0;
    accent-color: var(--primary-color);
  }
  bdi {
    unicode-bidi: isolate;
  }
`,$e={idle:`mdi:check-circle`,dialing:`mdi:phone-outgoing`,ringing:`mdi:phone-ring`,talking:`mdi:phone-in-talk`,on_hold:`mdi:pause-circle`,busy:`mdi:minus-circle`,offline:`mdi:close-circle-outline`,unknown:`mdi:help-circle-outline`},et={idle:`var(--pbx-good)`,dialing:`var(--pbx-warn)`,ringing:`var(--pbx-warn)`,talking:`var(--pbx-bad)`,on_hold:`var(--pbx-warn)`,busy:`var(--pbx-bad)`,offline:`var(--secondary-text-color)`,unknown:`var(--secondary-text-color)`};function tt(e){let t=Math.max(0,Math.floor(e/1e3)),n=e=>String(e).padStart(2,`0`),r=Math.floor(t/3600),i=Math.floor(t/60)%60;return r?`${r}:${n(i)}:${n(t%60)}`:`${i}:${n(t%60)}`}var nt={12:{hourCycle:`h12`},24:{hourCycle:`h23`}};function rt(e,t,n){let{language:r,time_format:i=``,time_zone:a}=e.locale,o=a===`server`?e.config?.time_zone:void 0,{hourCycle:s}=new Intl.DateTimeFormat(void 0,{hour:`numeric`}).resolvedOptions(),c=i===`system`?{hourCycle:s}:nt[i],l=e=>e.toLocaleDateString(`en`,{timeZone:o}),u=new Date(t),d=l(u)===l(new Date(n));return u.toLocaleString(r,{timeStyle:`short`,timeZone:o,...c,...d?{}:{dateStyle:`short`}})}var z=new Set,it=0;function at(){for(let e of z)e.requestUpdate();it=z.size?window.setTimeout(at,1e3-Date.now()%1e3):0}var ot=class extends k{static{this.properties={since:{},ahead:{type:Number}}}constructor(){super(),this.ahead=0}connectedCallback(){super.connectedCallback(),z.add(this),it||at()}disconnectedCallback(){super.disconnectedCallback(),z.delete(this)}render(){return C`<span aria-hidden="true" style="font-variant-numeric:tabular-nums"
      >${tt(Date.now()+this.ahead-Date.parse(this.since))}</span
    >`}},st={people:{status:`unknown`,calls:[]},phones:{status:`unknown`,registered:null},queues:{waiting:null,longest_wait:null,calls:[],agents_free:null}};function ct(e){let t=t=>new Map([...e[t]].map(([e,n])=>[e,{...n,...st[t]}])),n=Object.keys(e);return Object.fromEntries(n.map(e=>[e,e===`calls`?new Map:t(e)]))}var lt=class{constructor(e){this.id=e,this.complete=!1,this.told={people:new Map,phones:new Map,queues:new Map,mailboxes:new Map,switches:new Map,calls:new Map}}get sections(){return this.facts?.connected===!1?this.known??=ct(this.told):this.told}apply(e){if(this.known=void 0,e.reset){for(let e of Object.values(this.told))e.clear();this.complete=!1}this.facts=e.pbx??this.facts;for(let[t,n]of Object.entries(e.set??{})){let e=this.told[t];for(let[t,r]of Object.entries(n))e.set(t,{...r,id:t,entry:this.id})}for(let[t,n]of Object.entries(e.gone??{}))for(let e of n)this.told[t].delete(e);this.complete||=e.complete??!1}can(e){return this.facts?.can.includes(e)??!1}},ut=5e3,dt=2e3,ft=class{constructor(e){this.connection=e,this.pbxs=new Map,this.loaded=!1,this.ahead=0,this.readers=new Set,this.asked=new Set,this.round=0,this.frame=0,this.linger=0,this.retry=0,this.handleReady=()=>{this.stop=void 0,this.readers.size&&this.subscribe()},e.addEventListener(`ready`,this.handleReady)}read(e,t){let n={sections:e,update:t};return this.readers.add(n),clearTimeout(this.linger),(e.some(e=>!this.asked.has(e))||!this.stop)&&queueMicrotask(()=>this.subscribe()),()=>{this.readers.delete(n),this.readers.size===0&&(this.linger=window.setTimeout(()=>this.unsubscribe(),ut))}}async whenLoaded(e,...t){return new Promise(n=>{let r=()=>{i(),clearTimeout(a),n(this.loaded)},i=this.read(t,()=>(this.loaded||this.error)&&r()),a=window.setTimeout(r,e);this.loaded&&t.every(e=>this.asked.has(e))&&r()})}list(e,t){let n=[];for(let r of this.pbxs.values())t&&r.id!==t||n.push(...r.sections[e].values());return n}get(e,t,n){return n===null?void 0:this.pbxs.get(t)?.sections[e].get(n)}now(){return Date.now()+this.ahead}subscribe(){let e=new Set([...this.readers].flatMap(e=>e.sections));if(this.stop&&[...e].every(e=>this.asked.has(e)))return;for(let t of this.asked)e.add(t);this.unsubscribe(),this.asked=e;let t=this.round,n={type:`pbx/subscribe`,sections:[...e]};this.stop=this.connection.subscribeMessage(e=>t===this.round&&this.apply(e),n,{resubscribe:!1}).catch(e=>{t===this.round&&this.handleRefusal(e?.code??`error`)})}handleRefusal(e){this.stop=void 0,this.error=e,this.notify(),this.readers.size&&(this.retry=window.setTimeout(()=>this.subscribe(),dt))}unsubscribe(){this.round+=1,clearTimeout(this.retry),this.stop?.then(e=>e?.()).catch(()=>void 0),this.stop=void 0,this.asked=new Set,this.loaded=!1}apply(e){if(this.error=void 0,e.entries){for(let t of this.pbxs.keys())e.entries.includes(t)||this.pbxs.delete(t);for(let t of e.entries)this.pbxs.has(t)||this.pbxs.set(t,new lt(t))}else if(e.entry_id){let t=this.pbxs.get(e.entry_id)??new lt(e.entry_id);this.pbxs.set(t.id,t),t.apply(e),e.now&&(this.ahead=Date.parse(e.now)-Date.now())}this.loaded=[...this.pbxs.values()].every(e=>e.complete),this.notify()}notify(){this.frame||=requestAnimationFrame(()=>{this.frame=0;for(let e of[...this.readers])e.update()})}},pt=new WeakMap;function mt(e){let t=pt.get(e.connection);return t||pt.set(e.connection,t=new ft(e.connection)),t}var ht=class extends k{get hass(){return this.own}set hass(e){let t=this.own;this.own=e,t?.connection!==e.connection&&this.connect(),(!t||this.concerns(t,e))&&this.requestUpdate()}concerns(e,t){return e.locale!==t.locale}connectedCallback(){super.connectedCallback(),this.connect()}disconnectedCallback(){super.disconnectedCallback(),this.stopReading?.(),this.stopReading=void 0}connect(){this.own&&this.isConnected&&(this.stopReading?.(),this.store=mt(this.own),this.stopReading=this.store.read(this.sections,()=>this.requestUpdate()))}},gt=new Map;function B(e){let t=gt.get(e);if(!t){try{t=new Intl.Collator(e,{sensitivity:`base`,numeric:!0})}catch{t=new Intl.Collator}gt.set(e,t)}return t}var V=e=>e.calls.length>0||![`idle`,`offline`,`unknown`].includes(e.status);function _t(e,t,n){let r=e=>e.normalize(`NFD`).replace(/\p{M}/gu,``).toLowerCase(),i=r(`${e} ${t??``}`).split(/[\s,.-]+/);return r(n).trim().split(/\s+/).every(e=>i.some(t=>t.startsWith(e)))}function vt(e,t,n,r){let i=e.list(`people`,n).find(e=>e.number===r);return i?yt(t,i):r}function yt(e,t){return(t.device_id?e.devices?.[t.device_id]:void 0)?.name_by_user||t.name}function H(e,t,n){return e(t.parked?`call.parked`:`call.${t.state}`,{who:n})}var bt={always:`forwarded_to`,busy:`forwarded_to.busy`,no_answer:`forwarded_to.no_answer`};function xt(e,t,n=e=>e){return Object.entries(bt).filter(([e])=>t.forwards[e]).map(([r,i])=>e(i,{number:n(t.forwards[r])}))}function St(e,t,n,r,i){let a=e.device_id?r.devices[e.device_id]:void 0;if(t===`system`)return[n.pbxs.get(e.entry)?.facts?.title??``];if(t===`area`){let e=a?.area_id?r.areas[a.area_id]?.name:void 0;return e?[e]:[]}return t===`label`?(a?.labels??[]).map(e=>i[e]??e):n.list(`queues`,e.entry).filter(t=>t.agents.some(t=>t.user===e.id)).map(e=>e.name)}function Ct(e,t,n,r,i,a={}){if(t===`none`)return e.length?[{name:``,people:e}]:[];let o=new Map,s=[];for(let i of e){let e=St(i,t,n,r,a);e.length||s.push(i);for(let t of e){let e=o.get(t);e?e.push(i):o.set(t,[i])}}let c=B(r.locale.language),l=[...o].map(([e,t])=>({name:e,people:t}));return l.sort((e,t)=>c.compare(e.name,t.name)),s.length&&l.push({name:i,people:s}),l}var wt={"status.idle":`Frei`,"status.dialing":`Wählt`,"status.ringing":`Klingelt`,"status.talking":`Im Gespräch`,"status.on_hold":`Gehalten`,"status.busy":`Besetzt`,"status.offline":`Offline`,"status.unknown":`Unbekannt`,"presence.available":`Verfügbar`,"presence.away":`Abwesend`,"presence.busy":`Beschäftigt`,"presence.dnd":`Bitte nicht stören`,"presence.on_the_phone":`Am Telefon`,"presence.offline":`Offline`,"presence.other":`Sonstiges`,presence:`Präsenz`,"presence.note":`Notiz`,"call.ringing":`{who} ruft an`,"call.dialing":`Ruft {who} an`,"call.talking":`Im Gespräch mit {who}`,"call.on_hold":`{who} wird gehalten`,"call.parked":`{who} ist geparkt`,"call.knocking":`{who} klopft an`,"call.recorded":`Wird aufgenommen`,unknown_caller:`Unbekannter Anrufer`,do_not_disturb:`Bitte nicht stören`,forwarded_to:`Umgeleitet zu {number}`,"forwarded_to.busy":`Umgeleitet zu {number} bei Besetzt`,"forwarded_to.no_answer":`Umgeleitet zu {number} bei Nichtmelden`,new_messages:`Neue Nachrichten: {count}`,"action.call":`Anrufen`,"action.call_who":`{who} anrufen`,"action.answer":`Annehmen`,"action.reject":`Ablehnen`,"action.hang_up":`Auflegen`,"action.hold":`Halten`,"action.resume":`Fortsetzen`,"action.transfer":`Verbinden`,"action.transfer_to":`Mit {who} verbinden`,"action.connect":`Beide verbinden`,"action.record":`Aufnehmen`,"action.stop_recording":`Aufnahme beenden`,"action.park":`Parken`,"action.pick_up":`Heranholen`,"action.tones":`Tastenfeld`,"action.send_tone":`{tone} senden`,"action.more":`Mehr über {who}`,"action.close":`Schließen`,"action.call_back":`Zurückrufen`,"action.call_back_who":`{who} zurückrufen`,"action.delete_digit":`Letzte Ziffer löschen`,"action.forward":`Anrufe umleiten`,"action.stop_forwarding":`Umleitung beenden`,"action.forward_to":`Umleiten`,"done.calling":`{who} wird angerufen`,"done.transferred":`Mit {who} verbunden`,"done.picked_up":`Der Anruf kommt zu deinem Telefon`,"done.parked":`Geparkt`,"transfer.choose":`Wer soll den Anruf von {who} bekommen? Escape bricht ab.`,search:`Suchen`,"search.people":`Name oder Nebenstelle`,"search.dial":`Name oder Nummer`,"filter.busy":`Am Telefon`,"people.none":`Niemand da`,"people.nobody_found":`Niemand gefunden`,"people.count":`Personen: {count}`,"group.none":`Weitere`,"dnd.off":`Aus`,"dnd.on":`Ein`,"dnd.until_off":`Bis zum Ausschalten`,"dnd.until":`bis {time}`,"dnd.minutes":`{count} Min.`,"dnd.hours":`{count} Std.`,to_return:`Rückrufe`,"to_return.none":`Keine Rückrufe`,"to_return.done":`Erledigt: {what}`,"my.nobody":`Home Assistant weiß nicht, welches Telefon deines ist`,"my.nobody_help":`Ordne in den Optionen der Integration Personen ihren Benutzern zu, oder wähle in dieser Karte einen Benutzer.`,"my.idle":`Kein Anruf`,not_connected:`Die Telefonanlage ist nicht verbunden`,no_pbx:`Keine Telefonanlage eingerichtet`,loading:`Wird geladen`,phone_offline:`Kein Telefon ist angemeldet`,"queue.waiting":`Wartend`,"queue.longest_wait":`Längste Wartezeit`,"queue.service_level":`Servicelevel`,"queue.answered":`Angenommen`,"queue.aborted":`Aufgegeben`,"queue.agents":`Agenten`,"queue.callers":`Anrufer`,"queue.none":`Keine Warteschlange`,"queue.agents_free":`Agenten frei`,"queue.log_in":`Anmelden`,"queue.log_out":`Abmelden`,"queue.pause":`Pause`,"queue.resume":`Weiterarbeiten`,"queue.paused":`In Pause`,"queue.logged_in":`Angemeldet`,"queue.logged_out":`Abgemeldet`,"queue.full_screen":`Vollbild`,"queue.leave_full_screen":`Vollbild verlassen`,"queue.sound_on":`Ton einschalten`,"queue.sound_off":`Ton ausschalten`,"queue.level.good":`Gut`,"queue.level.warning":`Achtung`,"queue.level.alert":`Dringend`,"calls.all":`Alle`,"calls.missed":`Verpasst`,"calls.mine":`Meine`,"calls.queue":`Warteschlange`,"calls.more":`Mehr zeigen`,"calls.none":`Noch keine Anrufe`,"calls.in.answered":`{caller} rief {called} an`,"calls.in.missed":`{caller} rief {called} an, niemand nahm ab`,"calls.in.busy":`{caller} rief {called} an, besetzt`,"calls.in.voicemail":`{caller} hinterließ {called} eine Nachricht`,"calls.in.failed":`{caller} konnte {called} nicht erreichen`,"calls.in.transferred":`{caller} rief {called} an und wurde verbunden`,"calls.me.answered":`{caller} rief dich an`,"calls.me.missed":`Verpasster Anruf von {caller}`,"calls.me.busy":`Du hast einen Anruf von {caller} nicht angenommen`,"calls.me.answered_elsewhere":`{caller} rief dich an, jemand anders nahm ab`,"calls.me.voicemail":`{caller} hinterließ dir eine Nachricht`,"calls.i.answered":`Du riefst {called} an`,"calls.i.missed":`Du riefst {called} an, niemand nahm ab`,"calls.i.busy":`Du riefst {called} an, besetzt`,"calls.i.failed":`{called} war nicht zu erreichen`,"calls.queue_name":`Warteschlange {name}`,"parked.none":`Keine geparkten Anrufe`,"parked.space":`Platz {space}`,"mailboxes.none":`Keine Mailbox`,"mailboxes.counts":`{new} neu, {old} alt`,"switches.none":`Kein Routing-Schalter`,"switches.on":`Ein`,"switches.off":`Aus`,"switches.schedule":`Zeitplan`,"switches.auto":`Zeitplan`,"switches.true_sticky":`Dauerhaft zutreffend`,"switches.false_sticky":`Dauerhaft nicht zutreffend`,"switches.true":`Vorübergehend zutreffend`,"switches.false":`Vorübergehend nicht zutreffend`,"switches.fixed":`Nur die Telefonanlage kann das ändern`,"waiting.badge":`Wartend: {count}`,"system.connected":`Verbunden`,"system.disconnected":`Nicht verbunden`,"system.version":`Version`,"system.phones":`Nicht angemeldete Telefone`,"system.all_registered":`Alle Telefone sind angemeldet`,"view.switchboard":`Vermittlung`,"view.my_phone":`Mein Telefon`,"view.queues":`Warteschlangen`,"view.calls":`Anrufe`,"view.system":`System`,"title.parked":`Geparkte Anrufe`,"title.mailboxes":`Mailboxen`,"title.switches":`Routing-Schalter`,"card.switchboard":`PBX Vermittlung`,"card.switchboard.description":`Alle im Haus oder Büro: wer mit wem spricht, wer frei ist`,"card.my_phone":`PBX mein Telefon`,"card.my_phone.description":`Dein eigenes Telefon: annehmen, verbinden, wählen, Rückrufe`,"card.wallboard":`PBX Warteschlangentafel`,"card.wallboard.description":`Wer wartet, wie lange, und wer annimmt`,"card.calls":`PBX Anrufe`,"card.calls.description":`Die vergangenen Anrufe, zum Lesen und Zurückrufen`,"card.parked":`PBX geparkte Anrufe`,"card.parked.description":`Geparkte Anrufe zum Heranholen`,"card.mailboxes":`PBX Mailboxen`,"card.mailboxes.description":`Neue Sprachnachrichten`,"card.switches":`PBX Routing-Schalter`,"card.switches.description":`Nachtschaltung und Ähnliches`,"card.system":`PBX System`,"card.system.description":`Verbindung, Version und nicht angemeldete Telefone`,"badge.waiting":`PBX wartende Anrufer`,"badge.waiting.description":`Wie viele in den Warteschlangen warten`,"feature.call_actions":`Anrufaktionen`,"strategy.name":`Telefon`,"strategy.description":`Vermittlung, dein Telefon, Warteschlangen, Anrufe und die Telefonanlage`,"form.title":`Titel`,"form.entry":`Telefonanlage`,"form.group_by":`Gruppieren nach`,"form.group_by.none":`Keine Gruppen`,"form.group_by.area":`Bereich`,"form.group_by.label":`Label`,"form.group_by.queue":`Warteschlange`,"form.group_by.system":`Telefonanlage`,"form.busy_only":`Nur zeigen, wer am Telefon ist`,"form.device":`Wessen Telefon`,"form.device_help":`Leer für die angemeldete Person`,"form.empty":`Leer für {value}`,"form.queues":`Warteschlangen`,"form.waiting_warning":`Achtung ab so vielen Anrufern`,"form.waiting_alert":`Dringend ab so vielen Anrufern`,"form.wait_warning":`Achtung ab so vielen Sekunden`,"form.wait_alert":`Dringend ab so vielen Sekunden`,"form.service_warning":`Achtung unter diesem Servicelevel`,"form.only":`Zeigen`,"form.sound":`Ton, wenn jemand wartet`},Tt={"status.idle":`Free`,"status.dialing":`Dialing`,"status.ringing":`Ringing`,"status.talking":`On a call`,"status.on_hold":`On hold`,"status.busy":`Busy`,"status.offline":`Offline`,"status.unknown":`Unknown`,"presence.available":`Available`,"presence.away":`Away`,"presence.busy":`Busy`,"presence.dnd":`Do not disturb`,"presence.on_the_phone":`On the phone`,"presence.offline":`Offline`,"presence.other":`Other`,presence:`Presence`,"presence.note":`Note`,"call.ringing":`{who} is calling`,"call.dialing":`Calling {who}`,"call.talking":`On a call with {who}`,"call.on_hold":`{who} is on hold`,"call.parked":`{who} is parked`,"call.knocking":`{who} is calling too`,"call.recorded":`Recorded`,unknown_caller:`Unknown caller`,do_not_disturb:`Do not disturb`,forwarded_to:`Forwarded to {number}`,"forwarded_to.busy":`Forwarded to {number} if busy`,"forwarded_to.no_answer":`Forwarded to {number} if not answered`,new_messages:`New messages: {count}`,"action.call":`Call`,"action.call_who":`Call {who}`,"action.answer":`Answer`,"action.reject":`Reject`,"action.hang_up":`Hang up`,"action.hold":`Hold`,"action.resume":`Resume`,"action.transfer":`Transfer`,"action.transfer_to":`Transfer to {who}`,"action.connect":`Connect both`,"action.record":`Record`,"action.stop_recording":`Stop recording`,"action.park":`Park`,"action.pick_up":`Pick up`,"action.tones":`Keypad`,"action.send_tone":`Send {tone}`,"action.more":`More about {who}`,"action.close":`Close`,"action.call_back":`Call back`,"action.call_back_who":`Call back {who}`,"action.delete_digit":`Delete the last digit`,"action.forward":`Forward calls`,"action.stop_forwarding":`Stop forwarding`,"action.forward_to":`Forward to`,"done.calling":`Calling {who}`,"done.transferred":`Transferred to {who}`,"done.picked_up":`The call comes to your phone`,"done.parked":`Parked`,"transfer.choose":`Choose who gets the call with {who}. Escape cancels.`,search:`Search`,"search.people":`Name or extension`,"search.dial":`Name or number`,"filter.busy":`On the phone`,"people.none":`Nobody here`,"people.nobody_found":`Nobody found`,"people.count":`People: {count}`,"group.none":`Others`,"dnd.off":`Off`,"dnd.on":`On`,"dnd.until_off":`Until switched off`,"dnd.until":`until {time}`,"dnd.minutes":`{count} min`,"dnd.hours":`{count} h`,to_return:`Calls to return`,"to_return.none":`No calls to return`,"to_return.done":`Done: {what}`,"my.nobody":`Home Assistant does not know which telephone is yours`,"my.nobody_help":`Tie people to users in the options of the integration, or choose a user in this card.`,"my.idle":`No call`,not_connected:`The telephone system is not connected`,no_pbx:`No telephone system is set up`,loading:`Loading`,phone_offline:`No phone is registered`,"queue.waiting":`Waiting`,"queue.longest_wait":`Longest wait`,"queue.service_level":`Service level`,"queue.answered":`Answered`,"queue.aborted":`Given up`,"queue.agents":`Agents`,"queue.callers":`Callers`,"queue.none":`No queue`,"queue.agents_free":`Agents free`,"queue.log_in":`Log in`,"queue.log_out":`Log out`,"queue.pause":`Pause`,"queue.resume":`Resume work`,"queue.paused":`Paused`,"queue.logged_in":`Logged in`,"queue.logged_out":`Logged out`,"queue.full_screen":`Full screen`,"queue.leave_full_screen":`Leave full screen`,"queue.sound_on":`Turn sound on`,"queue.sound_off":`Turn sound off`,"queue.level.good":`Good`,"queue.level.warning":`Attention`,"queue.level.alert":`Urgent`,"calls.all":`All`,"calls.missed":`Missed`,"calls.mine":`Mine`,"calls.queue":`Queue`,"calls.more":`Show more`,"calls.none":`No calls yet`,"calls.in.answered":`{caller} called {called}`,"calls.in.missed":`{caller} called {called}, nobody answered`,"calls.in.busy":`{caller} called {called}, who was busy`,"calls.in.voicemail":`{caller} left a message for {called}`,"calls.in.failed":`{caller} could not reach {called}`,"calls.in.transferred":`{caller} called {called} and was transferred`,"calls.me.answered":`{caller} called you`,"calls.me.missed":`You missed a call from {caller}`,"calls.me.busy":`You did not take a call from {caller}`,"calls.me.answered_elsewhere":`{caller} called you, somebody else answered`,"calls.me.voicemail":`{caller} left you a message`,"calls.i.answered":`You called {called}`,"calls.i.missed":`You called {called}, nobody answered`,"calls.i.busy":`You called {called}, who was busy`,"calls.i.failed":`You could not reach {called}`,"calls.queue_name":`queue {name}`,"parked.none":`No parked calls`,"parked.space":`Space {space}`,"mailboxes.none":`No mailbox`,"mailboxes.counts":`{new} new, {old} old`,"switches.none":`No routing switch`,"switches.on":`On`,"switches.off":`Off`,"switches.schedule":`Schedule`,"switches.auto":`Schedule`,"switches.true_sticky":`Permanently matched`,"switches.false_sticky":`Permanently unmatched`,"switches.true":`Temporarily matched`,"switches.false":`Temporarily unmatched`,"switches.fixed":`Only the telephone system can change this`,"waiting.badge":`Waiting: {count}`,"system.connected":`Connected`,"system.disconnected":`Not connected`,"system.version":`Version`,"system.phones":`Unregistered phones`,"system.all_registered":`All phones are registered`,"view.switchboard":`Switchboard`,"view.my_phone":`My phone`,"view.queues":`Queues`,"view.calls":`Calls`,"view.system":`System`,"title.parked":`Parked calls`,"title.mailboxes":`Mailboxes`,"title.switches":`Routing switches`,"card.switchboard":`PBX switchboard`,"card.switchboard.description":`Everybody of the house or office: who talks with whom, who is free`,"card.my_phone":`PBX my phone`,"card.my_phone.description":`Your phone: answer, transfer, dial, calls to return`,"card.wallboard":`PBX queue wallboard`,"card.wallboard.description":`Who waits, for how long, and who answers`,"card.calls":`PBX calls`,"card.calls.description":`The calls that are over, to read and to return`,"card.parked":`PBX parked calls`,"card.parked.description":`Parked calls, to pick up`,"card.mailboxes":`PBX mailboxes`,"card.mailboxes.description":`New voice messages`,"card.switches":`PBX routing switches`,"card.switches.description":`Night mode and the like`,"card.system":`PBX system`,"card.system.description":`Connection, version and phones that are not registered`,"badge.waiting":`PBX callers waiting`,"badge.waiting.description":`How many wait in the queues`,"feature.call_actions":`Call actions`,"strategy.name":`Telephone`,"strategy.description":`Switchboard, your phone, queues, calls and the telephone system`,"form.title":`Title`,"form.entry":`Telephone system`,"form.group_by":`Group by`,"form.group_by.none":`No groups`,"form.group_by.area":`Area`,"form.group_by.label":`Label`,"form.group_by.queue":`Queue`,"form.group_by.system":`Telephone system`,"form.busy_only":`Show only who is on the phone`,"form.device":`Whose telephone`,"form.device_help":`Empty for the person who is logged in`,"form.empty":`Empty for {value}`,"form.queues":`Queues`,"form.waiting_warning":`Attention from so many callers`,"form.waiting_alert":`Urgent from so many callers`,"form.wait_warning":`Attention from so many seconds`,"form.wait_alert":`Urgent from so many seconds`,"form.service_warning":`Attention below this service level`,"form.only":`Show`,"form.sound":`Sound when somebody waits`},Et={de:wt,en:Tt,es:{"status.idle":`Libre`,"status.dialing":`Marcando`,"status.ringing":`Suena`,"status.talking":`En llamada`,"status.on_hold":`En espera`,"status.busy":`Ocupado`,"status.offline":`Sin conexión`,"status.unknown":`Desconocido`,"presence.available":`Disponible`,"presence.away":`Ausente`,"presence.busy":`Ocupado`,"presence.dnd":`No molestar`,"presence.on_the_phone":`Al teléfono`,"presence.offline":`Sin conexión`,"presence.other":`Otro`,presence:`Presencia`,"presence.note":`Nota`,"call.ringing":`Llama {who}`,"call.dialing":`Llamando a {who}`,"call.talking":`En llamada con {who}`,"call.on_hold":`{who} está en espera`,"call.parked":`{who} está aparcado`,"call.knocking":`También llama {who}`,"call.recorded":`Se está grabando`,unknown_caller:`Llamante desconocido`,do_not_disturb:`No molestar`,forwarded_to:`Desviado a {number}`,"forwarded_to.busy":`Desviado a {number} si está ocupado`,"forwarded_to.no_answer":`Desviado a {number} si no contesta`,new_messages:`Mensajes nuevos: {count}`,"action.call":`Llamar`,"action.call_who":`Llamar a {who}`,"action.answer":`Contestar`,"action.reject":`Rechazar`,"action.hang_up":`Colgar`,"action.hold":`Retener`,"action.resume":`Reanudar`,"action.transfer":`Transferir`,"action.transfer_to":`Transferir a {who}`,"action.connect":`Conectar ambas`,"action.record":`Grabar`,"action.stop_recording":`Detener la grabación`,"action.park":`Aparcar`,"action.pick_up":`Capturar`,"action.tones":`Teclado`,"action.send_tone":`Enviar {tone}`,"action.more":`Más sobre {who}`,"action.close":`Cerrar`,"action.call_back":`Devolver la llamada`,"action.call_back_who":`Devolver la llamada a {who}`,"action.delete_digit":`Borrar la última cifra`,"action.forward":`Desviar llamadas`,"action.stop_forwarding":`Quitar el desvío`,"action.forward_to":`Desviar`,"done.calling":`Llamando a {who}`,"done.transferred":`Transferida a {who}`,"done.picked_up":`La llamada llega a tu teléfono`,"done.parked":`Aparcada`,"transfer.choose":`Elige quién recibe la llamada con {who}. Escape cancela.`,search:`Buscar`,"search.people":`Nombre o extensión`,"search.dial":`Nombre o número`,"filter.busy":`Al teléfono`,"people.none":`Nadie aquí`,"people.nobody_found":`No se encontró a nadie`,"people.count":`Personas: {count}`,"group.none":`Otros`,"dnd.off":`Desactivado`,"dnd.on":`Activado`,"dnd.until_off":`Hasta desactivarlo`,"dnd.until":`hasta las {time}`,"dnd.minutes":`{count} min`,"dnd.hours":`{count} h`,to_return:`Llamadas por devolver`,"to_return.none":`Ninguna llamada por devolver`,"to_return.done":`Hecho: {what}`,"my.nobody":`Home Assistant no sabe qué teléfono es el tuyo`,"my.nobody_help":`Asocia personas a usuarios en las opciones de la integración o elige un usuario en esta tarjeta.`,"my.idle":`Ninguna llamada`,not_connected:`La centralita no está conectada`,no_pbx:`Ninguna centralita configurada`,loading:`Cargando`,phone_offline:`Ningún teléfono está registrado`,"queue.waiting":`En espera`,"queue.longest_wait":`Espera más larga`,"queue.service_level":`Nivel de servicio`,"queue.answered":`Atendidas`,"queue.aborted":`Abandonadas`,"queue.agents":`Agentes`,"queue.callers":`Llamantes`,"queue.none":`Ninguna cola`,"queue.agents_free":`Agentes libres`,"queue.log_in":`Iniciar sesión`,"queue.log_out":`Cerrar sesión`,"queue.pause":`Pausa`,"queue.resume":`Volver`,"queue.paused":`En pausa`,"queue.logged_in":`Conectado`,"queue.logged_out":`Desconectado`,"queue.full_screen":`Pantalla completa`,"queue.leave_full_screen":`Salir de la pantalla completa`,"queue.sound_on":`Activar el sonido`,"queue.sound_off":`Quitar el sonido`,"queue.level.good":`Bien`,"queue.level.warning":`Atención`,"queue.level.alert":`Urgente`,"calls.all":`Todas`,"calls.missed":`Perdidas`,"calls.mine":`Las mías`,"calls.queue":`Cola`,"calls.more":`Mostrar más`,"calls.none":`Aún no hay llamadas`,"calls.in.answered":`{caller} llamó a {called}`,"calls.in.missed":`{caller} llamó a {called}, nadie contestó`,"calls.in.busy":`{caller} llamó a {called}, comunicaba`,"calls.in.voicemail":`{caller} dejó un mensaje a {called}`,"calls.in.failed":`{caller} no pudo contactar con {called}`,"calls.in.transferred":`{caller} llamó a {called} y fue transferido`,"calls.me.answered":`{caller} te llamó`,"calls.me.missed":`Llamada perdida de {caller}`,"calls.me.busy":`No atendiste una llamada de {caller}`,"calls.me.answered_elsewhere":`{caller} te llamó, contestó otra persona`,"calls.me.voicemail":`{caller} te dejó un mensaje`,"calls.i.answered":`Llamaste a {called}`,"calls.i.missed":`Llamaste a {called}, nadie contestó`,"calls.i.busy":`Llamaste a {called}, comunicaba`,"calls.i.failed":`No pudiste contactar con {called}`,"calls.queue_name":`cola {name}`,"parked.none":`Ninguna llamada aparcada`,"parked.space":`Plaza {space}`,"mailboxes.none":`Ningún buzón`,"mailboxes.counts":`{new} nuevos, {old} antiguos`,"switches.none":`Ningún interruptor de enrutamiento`,"switches.on":`Activado`,"switches.off":`Desactivado`,"switches.schedule":`Según horario`,"switches.auto":`Según horario`,"switches.true_sticky":`Cumplida de forma permanente`,"switches.false_sticky":`No cumplida de forma permanente`,"switches.true":`Cumplida temporalmente`,"switches.false":`No cumplida temporalmente`,"switches.fixed":`Solo la centralita puede cambiarlo`,"waiting.badge":`En espera: {count}`,"system.connected":`Conectado`,"system.disconnected":`No conectado`,"system.version":`Versión`,"system.phones":`Teléfonos no registrados`,"system.all_registered":`Todos los teléfonos están registrados`,"view.switchboard":`Operadora`,"view.my_phone":`Mi teléfono`,"view.queues":`Colas`,"view.calls":`Llamadas`,"view.system":`Sistema`,"title.parked":`Llamadas aparcadas`,"title.mailboxes":`Buzones`,"title.switches":`Interruptores de enrutamiento`,"card.switchboard":`PBX operadora`,"card.switchboard.description":`Toda la casa u oficina: quién habla con quién, quién está libre`,"card.my_phone":`PBX mi teléfono`,"card.my_phone.description":`Tu propio teléfono: contestar, transferir, marcar, devolver llamadas`,"card.wallboard":`PBX panel de colas`,"card.wallboard.description":`Quién espera, cuánto y quién contesta`,"card.calls":`PBX llamadas`,"card.calls.description":`Las llamadas pasadas, para leer y devolver`,"card.parked":`PBX llamadas aparcadas`,"card.parked.description":`Llamadas aparcadas para recuperar`,"card.mailboxes":`PBX buzones`,"card.mailboxes.description":`Mensajes de voz nuevos`,"card.switches":`PBX interruptores de enrutamiento`,"card.switches.description":`Modo nocturno y similares`,"card.system":`PBX sistema`,"card.system.description":`Conexión, versión y teléfonos no registrados`,"badge.waiting":`PBX llamantes en espera`,"badge.waiting.description":`Cuántos esperan en las colas`,"feature.call_actions":`Acciones de llamada`,"strategy.name":`Teléfono`,"strategy.description":`Operadora, tu teléfono, colas, llamadas y la centralita`,"form.title":`Título`,"form.entry":`Centralita`,"form.group_by":`Agrupar por`,"form.group_by.none":`Sin grupos`,"form.group_by.area":`Área`,"form.group_by.label":`Etiqueta`,"form.group_by.queue":`Cola`,"form.group_by.system":`Centralita`,"form.busy_only":`Mostrar solo quién está al teléfono`,"form.device":`Teléfono de quién`,"form.device_help":`Vacío para la persona que ha iniciado sesión`,"form.empty":`Vacío para {value}`,"form.queues":`Colas`,"form.waiting_warning":`Atención a partir de tantos llamantes`,"form.waiting_alert":`Urgente a partir de tantos llamantes`,"form.wait_warning":`Atención a partir de tantos segundos`,"form.wait_alert":`Urgente a partir de tantos segundos`,"form.service_warning":`Atención por debajo de este nivel de servicio`,"form.only":`Mostrar`,"form.sound":`Sonido cuando alguien espera`},fr:{"status.idle":`Libre`,"status.dialing":`Compose`,"status.ringing":`Sonne`,"status.talking":`En communication`,"status.on_hold":`En attente`,"status.busy":`Occupé`,"status.offline":`Hors ligne`,"status.unknown":`Inconnu`,"presence.available":`Disponible`,"presence.away":`Absent`,"presence.busy":`Occupé`,"presence.dnd":`Ne pas déranger`,"presence.on_the_phone":`Au téléphone`,"presence.offline":`Hors ligne`,"presence.other":`Autre`,presence:`Présence`,"presence.note":`Note`,"call.ringing":`{who} appelle`,"call.dialing":`Appelle {who}`,"call.talking":`En communication avec {who}`,"call.on_hold":`{who} est en attente`,"call.parked":`{who} est parqué`,"call.knocking":`{who} appelle aussi`,"call.recorded":`Enregistré`,unknown_caller:`Appelant inconnu`,do_not_disturb:`Ne pas déranger`,forwarded_to:`Renvoyé vers {number}`,"forwarded_to.busy":`Renvoyé vers {number} si occupé`,"forwarded_to.no_answer":`Renvoyé vers {number} sans réponse`,new_messages:`Nouveaux messages : {count}`,"action.call":`Appeler`,"action.call_who":`Appeler {who}`,"action.answer":`Répondre`,"action.reject":`Refuser`,"action.hang_up":`Raccrocher`,"action.hold":`Mettre en attente`,"action.resume":`Reprendre`,"action.transfer":`Transférer`,"action.transfer_to":`Transférer à {who}`,"action.connect":`Relier les deux`,"action.record":`Enregistrer`,"action.stop_recording":`Arrêter l’enregistrement`,"action.park":`Parquer`,"action.pick_up":`Intercepter`,"action.tones":`Clavier`,"action.send_tone":`Envoyer {tone}`,"action.more":`Plus sur {who}`,"action.close":`Fermer`,"action.call_back":`Rappeler`,"action.call_back_who":`Rappeler {who}`,"action.delete_digit":`Effacer le dernier chiffre`,"action.forward":`Renvoyer les appels`,"action.stop_forwarding":`Arrêter le renvoi`,"action.forward_to":`Renvoyer`,"done.calling":`Appel de {who}`,"done.transferred":`Transféré à {who}`,"done.picked_up":`L’appel arrive sur votre téléphone`,"done.parked":`Appel parqué`,"transfer.choose":`Choisissez qui reçoit l’appel de {who}. Échap annule.`,search:`Rechercher`,"search.people":`Nom ou poste`,"search.dial":`Nom ou numéro`,"filter.busy":`Au téléphone`,"people.none":`Personne ici`,"people.nobody_found":`Personne trouvé`,"people.count":`Personnes : {count}`,"group.none":`Autres`,"dnd.off":`Désactivé`,"dnd.on":`Activé`,"dnd.until_off":`Jusqu’à l’arrêt`,"dnd.until":`jusqu’à {time}`,"dnd.minutes":`{count} min`,"dnd.hours":`{count} h`,to_return:`Appels à rendre`,"to_return.none":`Aucun appel à rendre`,"to_return.done":`Fait : {what}`,"my.nobody":`Home Assistant ne sait pas quel téléphone est le vôtre`,"my.nobody_help":`Associez les personnes aux utilisateurs dans les options de l’intégration, ou choisissez un utilisateur dans cette carte.`,"my.idle":`Aucun appel`,not_connected:`Le système téléphonique n’est pas connecté`,no_pbx:`Aucun système téléphonique configuré`,loading:`Chargement`,phone_offline:`Aucun téléphone n’est enregistré`,"queue.waiting":`En attente`,"queue.longest_wait":`Attente la plus longue`,"queue.service_level":`Niveau de service`,"queue.answered":`Répondus`,"queue.aborted":`Abandonnés`,"queue.agents":`Agents`,"queue.callers":`Appelants`,"queue.none":`Aucune file d’attente`,"queue.agents_free":`Agents libres`,"queue.log_in":`Connecter`,"queue.log_out":`Déconnecter`,"queue.pause":`Pause`,"queue.resume":`Reprendre`,"queue.paused":`En pause`,"queue.logged_in":`Connecté`,"queue.logged_out":`Déconnecté`,"queue.full_screen":`Plein écran`,"queue.leave_full_screen":`Quitter le plein écran`,"queue.sound_on":`Activer le son`,"queue.sound_off":`Désactiver le son`,"queue.level.good":`Bien`,"queue.level.warning":`Attention`,"queue.level.alert":`Urgent`,"calls.all":`Tous`,"calls.missed":`Manqués`,"calls.mine":`Les miens`,"calls.queue":`File d’attente`,"calls.more":`Afficher plus`,"calls.none":`Pas encore d’appels`,"calls.in.answered":`{caller} a appelé {called}`,"calls.in.missed":`{caller} a appelé {called}, sans réponse`,"calls.in.busy":`{caller} a appelé {called}, occupé`,"calls.in.voicemail":`{caller} a laissé un message à {called}`,"calls.in.failed":`{caller} n’a pas pu joindre {called}`,"calls.in.transferred":`{caller} a appelé {called} et a été transféré`,"calls.me.answered":`{caller} vous a appelé`,"calls.me.missed":`Appel manqué de {caller}`,"calls.me.busy":`Vous n’avez pas pris un appel de {caller}`,"calls.me.answered_elsewhere":`{caller} vous a appelé, quelqu’un d’autre a répondu`,"calls.me.voicemail":`{caller} vous a laissé un message`,"calls.i.answered":`Vous avez appelé {called}`,"calls.i.missed":`Vous avez appelé {called}, sans réponse`,"calls.i.busy":`Vous avez appelé {called}, occupé`,"calls.i.failed":`Vous n’avez pas pu joindre {called}`,"calls.queue_name":`file {name}`,"parked.none":`Aucun appel parqué`,"parked.space":`Place {space}`,"mailboxes.none":`Aucune messagerie`,"mailboxes.counts":`{new} nouveaux, {old} anciens`,"switches.none":`Aucun commutateur de routage`,"switches.on":`Activé`,"switches.off":`Désactivé`,"switches.schedule":`Selon l’horaire`,"switches.auto":`Selon l’horaire`,"switches.true_sticky":`Vérifiée en permanence`,"switches.false_sticky":`Non vérifiée en permanence`,"switches.true":`Vérifiée temporairement`,"switches.false":`Non vérifiée temporairement`,"switches.fixed":`Seul le système téléphonique peut le changer`,"waiting.badge":`En attente : {count}`,"system.connected":`Connecté`,"system.disconnected":`Non connecté`,"system.version":`Version`,"system.phones":`Téléphones non enregistrés`,"system.all_registered":`Tous les téléphones sont enregistrés`,"view.switchboard":`Standard`,"view.my_phone":`Mon téléphone`,"view.queues":`Files d’attente`,"view.calls":`Appels`,"view.system":`Système`,"title.parked":`Appels parqués`,"title.mailboxes":`Messageries`,"title.switches":`Commutateurs de routage`,"card.switchboard":`PBX standard`,"card.switchboard.description":`Toute la maison ou le bureau : qui parle avec qui, qui est libre`,"card.my_phone":`PBX mon téléphone`,"card.my_phone.description":`Votre téléphone : répondre, transférer, composer, rappeler`,"card.wallboard":`PBX tableau des files`,"card.wallboard.description":`Qui attend, depuis quand, et qui répond`,"card.calls":`PBX appels`,"card.calls.description":`Les appels passés, à lire et à rendre`,"card.parked":`PBX appels parqués`,"card.parked.description":`Appels parqués à reprendre`,"card.mailboxes":`PBX messageries`,"card.mailboxes.description":`Nouveaux messages vocaux`,"card.switches":`PBX commutateurs de routage`,"card.switches.description":`Mode nuit et autres`,"card.system":`PBX système`,"card.system.description":`Connexion, version et téléphones non enregistrés`,"badge.waiting":`PBX appelants en attente`,"badge.waiting.description":`Combien attendent dans les files`,"feature.call_actions":`Actions d’appel`,"strategy.name":`Téléphone`,"strategy.description":`Standard, votre téléphone, files, appels et système téléphonique`,"form.title":`Titre`,"form.entry":`Système téléphonique`,"form.group_by":`Grouper par`,"form.group_by.none":`Sans groupes`,"form.group_by.area":`Pièce`,"form.group_by.label":`Étiquette`,"form.group_by.queue":`File d’attente`,"form.group_by.system":`Système téléphonique`,"form.busy_only":`N’afficher que qui est au téléphone`,"form.device":`Téléphone de qui`,"form.device_help":`Vide pour la personne connectée`,"form.empty":`Vide pour {value}`,"form.queues":`Files d’attente`,"form.waiting_warning":`Attention à partir de tant d’appelants`,"form.waiting_alert":`Urgent à partir de tant d’appelants`,"form.wait_warning":`Attention à partir de tant de secondes`,"form.wait_alert":`Urgent à partir de tant de secondes`,"form.service_warning":`Attention sous ce niveau de service`,"form.only":`Afficher`,"form.sound":`Son quand quelqu’un attend`},it:{"status.idle":`Libero`,"status.dialing":`Sta chiamando`,"status.ringing":`Squilla`,"status.talking":`In chiamata`,"status.on_hold":`In attesa`,"status.busy":`Occupato`,"status.offline":`Non in linea`,"status.unknown":`Sconosciuto`,"presence.available":`Disponibile`,"presence.away":`Assente`,"presence.busy":`Occupato`,"presence.dnd":`Non disturbare`,"presence.on_the_phone":`Al telefono`,"presence.offline":`Non in linea`,"presence.other":`Altro`,presence:`Presenza`,"presence.note":`Nota`,"call.ringing":`Chiama {who}`,"call.dialing":`Chiama {who}`,"call.talking":`In chiamata con {who}`,"call.on_hold":`{who} è in attesa`,"call.parked":`{who} è parcheggiato`,"call.knocking":`Chiama anche {who}`,"call.recorded":`In registrazione`,unknown_caller:`Chiamante sconosciuto`,do_not_disturb:`Non disturbare`,forwarded_to:`Deviato a {number}`,"forwarded_to.busy":`Deviato a {number} se occupato`,"forwarded_to.no_answer":`Deviato a {number} se non risponde`,new_messages:`Nuovi messaggi: {count}`,"action.call":`Chiama`,"action.call_who":`Chiama {who}`,"action.answer":`Rispondi`,"action.reject":`Rifiuta`,"action.hang_up":`Riaggancia`,"action.hold":`Metti in attesa`,"action.resume":`Riprendi`,"action.transfer":`Trasferisci`,"action.transfer_to":`Trasferisci a {who}`,"action.connect":`Collega entrambe`,"action.record":`Registra`,"action.stop_recording":`Ferma la registrazione`,"action.park":`Parcheggia`,"action.pick_up":`Prendi la chiamata`,"action.tones":`Tastiera`,"action.send_tone":`Invia {tone}`,"action.more":`Altro su {who}`,"action.close":`Chiudi`,"action.call_back":`Richiama`,"action.call_back_who":`Richiama {who}`,"action.delete_digit":`Cancella l’ultima cifra`,"action.forward":`Devia le chiamate`,"action.stop_forwarding":`Togli la deviazione`,"action.forward_to":`Devia`,"done.calling":`Chiamata a {who}`,"done.transferred":`Trasferita a {who}`,"done.picked_up":`La chiamata arriva al tuo telefono`,"done.parked":`Parcheggiata`,"transfer.choose":`Scegli chi riceve la chiamata con {who}. Esc annulla.`,search:`Cerca`,"search.people":`Nome o interno`,"search.dial":`Nome o numero`,"filter.busy":`Al telefono`,"people.none":`Nessuno qui`,"people.nobody_found":`Nessuno trovato`,"people.count":`Persone: {count}`,"group.none":`Altri`,"dnd.off":`Spento`,"dnd.on":`Acceso`,"dnd.until_off":`Finché non lo spengo`,"dnd.until":`fino alle {time}`,"dnd.minutes":`{count} min`,"dnd.hours":`{count} h`,to_return:`Da richiamare`,"to_return.none":`Nessuno da richiamare`,"to_return.done":`Fatto: {what}`,"my.nobody":`Home Assistant non sa qual è il tuo telefono`,"my.nobody_help":`Associa le persone agli utenti nelle opzioni dell’integrazione, o scegli un utente in questa scheda.`,"my.idle":`Nessuna chiamata`,not_connected:`Il centralino non è connesso`,no_pbx:`Nessun centralino configurato`,loading:`Caricamento`,phone_offline:`Nessun telefono è registrato`,"queue.waiting":`In attesa`,"queue.longest_wait":`Attesa più lunga`,"queue.service_level":`Livello di servizio`,"queue.answered":`Risposte`,"queue.aborted":`Abbandonate`,"queue.agents":`Agenti`,"queue.callers":`Chiamanti`,"queue.none":`Nessuna coda`,"queue.agents_free":`Agenti liberi`,"queue.log_in":`Accedi`,"queue.log_out":`Esci`,"queue.pause":`Pausa`,"queue.resume":`Riprendi`,"queue.paused":`In pausa`,"queue.logged_in":`Collegato`,"queue.logged_out":`Scollegato`,"queue.full_screen":`Schermo intero`,"queue.leave_full_screen":`Esci da schermo intero`,"queue.sound_on":`Attiva l’audio`,"queue.sound_off":`Disattiva l’audio`,"queue.level.good":`Bene`,"queue.level.warning":`Attenzione`,"queue.level.alert":`Urgente`,"calls.all":`Tutte`,"calls.missed":`Perse`,"calls.mine":`Le mie`,"calls.queue":`Coda`,"calls.more":`Mostra altro`,"calls.none":`Ancora nessuna chiamata`,"calls.in.answered":`{caller} ha chiamato {called}`,"calls.in.missed":`{caller} ha chiamato {called}, nessuna risposta`,"calls.in.busy":`{caller} ha chiamato {called}, occupato`,"calls.in.voicemail":`{caller} ha lasciato un messaggio a {called}`,"calls.in.failed":`{caller} non ha potuto raggiungere {called}`,"calls.in.transferred":`{caller} ha chiamato {called} ed è stato trasferito`,"calls.me.answered":`{caller} ti ha chiamato`,"calls.me.missed":`Chiamata persa da {caller}`,"calls.me.busy":`Non hai risposto a una chiamata di {caller}`,"calls.me.answered_elsewhere":`{caller} ti ha chiamato, ha risposto qualcun altro`,"calls.me.voicemail":`{caller} ti ha lasciato un messaggio`,"calls.i.answered":`Hai chiamato {called}`,"calls.i.missed":`Hai chiamato {called}, nessuna risposta`,"calls.i.busy":`Hai chiamato {called}, occupato`,"calls.i.failed":`Non hai potuto raggiungere {called}`,"calls.queue_name":`coda {name}`,"parked.none":`Nessuna chiamata parcheggiata`,"parked.space":`Posto {space}`,"mailboxes.none":`Nessuna casella`,"mailboxes.counts":`{new} nuovi, {old} vecchi`,"switches.none":`Nessun interruttore di instradamento`,"switches.on":`Acceso`,"switches.off":`Spento`,"switches.schedule":`Secondo l’orario`,"switches.auto":`Secondo l’orario`,"switches.true_sticky":`Soddisfatta in permanenza`,"switches.false_sticky":`Non soddisfatta in permanenza`,"switches.true":`Soddisfatta temporaneamente`,"switches.false":`Non soddisfatta temporaneamente`,"switches.fixed":`Solo il centralino può cambiarlo`,"waiting.badge":`In attesa: {count}`,"system.connected":`Connesso`,"system.disconnected":`Non connesso`,"system.version":`Versione`,"system.phones":`Telefoni non registrati`,"system.all_registered":`Tutti i telefoni sono registrati`,"view.switchboard":`Posto operatore`,"view.my_phone":`Il mio telefono`,"view.queues":`Code`,"view.calls":`Chiamate`,"view.system":`Sistema`,"title.parked":`Chiamate parcheggiate`,"title.mailboxes":`Caselle vocali`,"title.switches":`Interruttori di instradamento`,"card.switchboard":`PBX posto operatore`,"card.switchboard.description":`Tutta la casa o l’ufficio: chi parla con chi, chi è libero`,"card.my_phone":`PBX il mio telefono`,"card.my_phone.description":`Il tuo telefono: rispondere, trasferire, comporre, richiamare`,"card.wallboard":`PBX tabellone code`,"card.wallboard.description":`Chi aspetta, da quanto e chi risponde`,"card.calls":`PBX chiamate`,"card.calls.description":`Le chiamate passate, da leggere e richiamare`,"card.parked":`PBX chiamate parcheggiate`,"card.parked.description":`Chiamate parcheggiate da riprendere`,"card.mailboxes":`PBX caselle vocali`,"card.mailboxes.description":`Nuovi messaggi vocali`,"card.switches":`PBX interruttori`,"card.switches.description":`Modalità notte e simili`,"card.system":`PBX sistema`,"card.system.description":`Connessione, versione e telefoni non registrati`,"badge.waiting":`PBX chiamanti in attesa`,"badge.waiting.description":`Quanti aspettano nelle code`,"feature.call_actions":`Azioni di chiamata`,"strategy.name":`Telefono`,"strategy.description":`Posto operatore, il tuo telefono, code, chiamate e il centralino`,"form.title":`Titolo`,"form.entry":`Centralino`,"form.group_by":`Raggruppa per`,"form.group_by.none":`Nessun gruppo`,"form.group_by.area":`Area`,"form.group_by.label":`Etichetta`,"form.group_by.queue":`Coda`,"form.group_by.system":`Centralino`,"form.busy_only":`Mostra solo chi è al telefono`,"form.device":`Telefono di chi`,"form.device_help":`Vuoto per chi ha effettuato l’accesso`,"form.empty":`Vuoto per {value}`,"form.queues":`Code`,"form.waiting_warning":`Attenzione da tanti chiamanti`,"form.waiting_alert":`Urgente da tanti chiamanti`,"form.wait_warning":`Attenzione da tanti secondi`,"form.wait_alert":`Urgente da tanti secondi`,"form.service_warning":`Attenzione sotto questo livello di servizio`,"form.only":`Mostra`,"form.sound":`Suono quando qualcuno aspetta`},nl:{"status.idle":`Vrij`,"status.dialing":`Belt`,"status.ringing":`Gaat over`,"status.talking":`In gesprek`,"status.on_hold":`In de wacht`,"status.busy":`Bezet`,"status.offline":`Offline`,"status.unknown":`Onbekend`,"presence.available":`Beschikbaar`,"presence.away":`Afwezig`,"presence.busy":`Bezig`,"presence.dnd":`Niet storen`,"presence.on_the_phone":`Aan de telefoon`,"presence.offline":`Offline`,"presence.other":`Anders`,presence:`Aanwezigheid`,"presence.note":`Notitie`,"call.ringing":`{who} belt`,"call.dialing":`Belt {who}`,"call.talking":`In gesprek met {who}`,"call.on_hold":`{who} staat in de wacht`,"call.parked":`{who} is geparkeerd`,"call.knocking":`{who} belt ook`,"call.recorded":`Wordt opgenomen`,unknown_caller:`Onbekende beller`,do_not_disturb:`Niet storen`,forwarded_to:`Doorgeschakeld naar {number}`,"forwarded_to.busy":`Doorgeschakeld naar {number} bij bezet`,"forwarded_to.no_answer":`Doorgeschakeld naar {number} bij geen antwoord`,new_messages:`Nieuwe berichten: {count}`,"action.call":`Bellen`,"action.call_who":`{who} bellen`,"action.answer":`Opnemen`,"action.reject":`Weigeren`,"action.hang_up":`Ophangen`,"action.hold":`In de wacht`,"action.resume":`Hervatten`,"action.transfer":`Doorverbinden`,"action.transfer_to":`Doorverbinden met {who}`,"action.connect":`Beide verbinden`,"action.record":`Opnemen`,"action.stop_recording":`Opname stoppen`,"action.park":`Parkeren`,"action.pick_up":`Overnemen`,"action.tones":`Toetsen`,"action.send_tone":`{tone} versturen`,"action.more":`Meer over {who}`,"action.close":`Sluiten`,"action.call_back":`Terugbellen`,"action.call_back_who":`{who} terugbellen`,"action.delete_digit":`Laatste cijfer wissen`,"action.forward":`Oproepen doorschakelen`,"action.stop_forwarding":`Doorschakelen stoppen`,"action.forward_to":`Doorschakelen`,"done.calling":`{who} wordt gebeld`,"done.transferred":`Doorverbonden met {who}`,"done.picked_up":`De oproep komt naar je telefoon`,"done.parked":`Geparkeerd`,"transfer.choose":`Wie krijgt het gesprek met {who}? Escape annuleert.`,search:`Zoeken`,"search.people":`Naam of toestel`,"search.dial":`Naam of nummer`,"filter.busy":`Aan de telefoon`,"people.none":`Niemand hier`,"people.nobody_found":`Niemand gevonden`,"people.count":`Personen: {count}`,"group.none":`Overigen`,"dnd.off":`Uit`,"dnd.on":`Aan`,"dnd.until_off":`Tot uitschakelen`,"dnd.until":`tot {time}`,"dnd.minutes":`{count} min`,"dnd.hours":`{count} uur`,to_return:`Terug te bellen`,"to_return.none":`Niemand terug te bellen`,"to_return.done":`Gedaan: {what}`,"my.nobody":`Home Assistant weet niet welke telefoon van jou is`,"my.nobody_help":`Koppel personen aan gebruikers in de opties van de integratie, of kies een gebruiker in deze kaart.`,"my.idle":`Geen gesprek`,not_connected:`De telefooncentrale is niet verbonden`,no_pbx:`Geen telefooncentrale ingesteld`,loading:`Laden`,phone_offline:`Er is geen telefoon aangemeld`,"queue.waiting":`Wachtend`,"queue.longest_wait":`Langste wachttijd`,"queue.service_level":`Serviceniveau`,"queue.answered":`Beantwoord`,"queue.aborted":`Opgegeven`,"queue.agents":`Agenten`,"queue.callers":`Bellers`,"queue.none":`Geen wachtrij`,"queue.agents_free":`Agenten vrij`,"queue.log_in":`Aanmelden`,"queue.log_out":`Afmelden`,"queue.pause":`Pauze`,"queue.resume":`Hervatten`,"queue.paused":`Op pauze`,"queue.logged_in":`Aangemeld`,"queue.logged_out":`Afgemeld`,"queue.full_screen":`Volledig scherm`,"queue.leave_full_screen":`Volledig scherm verlaten`,"queue.sound_on":`Geluid aanzetten`,"queue.sound_off":`Geluid uitzetten`,"queue.level.good":`Goed`,"queue.level.warning":`Let op`,"queue.level.alert":`Dringend`,"calls.all":`Alle`,"calls.missed":`Gemist`,"calls.mine":`Mijn`,"calls.queue":`Wachtrij`,"calls.more":`Meer tonen`,"calls.none":`Nog geen oproepen`,"calls.in.answered":`{caller} belde {called}`,"calls.in.missed":`{caller} belde {called}, niemand nam op`,"calls.in.busy":`{caller} belde {called}, bezet`,"calls.in.voicemail":`{caller} liet een bericht achter voor {called}`,"calls.in.failed":`{caller} kon {called} niet bereiken`,"calls.in.transferred":`{caller} belde {called} en werd doorverbonden`,"calls.me.answered":`{caller} belde je`,"calls.me.missed":`Gemiste oproep van {caller}`,"calls.me.busy":`Je hebt een oproep van {caller} niet aangenomen`,"calls.me.answered_elsewhere":`{caller} belde je, iemand anders nam op`,"calls.me.voicemail":`{caller} liet een bericht voor je achter`,"calls.i.answered":`Je belde {called}`,"calls.i.missed":`Je belde {called}, niemand nam op`,"calls.i.busy":`Je belde {called}, bezet`,"calls.i.failed":`Je kon {called} niet bereiken`,"calls.queue_name":`wachtrij {name}`,"parked.none":`Geen geparkeerde oproepen`,"parked.space":`Plaats {space}`,"mailboxes.none":`Geen voicemail`,"mailboxes.counts":`{new} nieuw, {old} oud`,"switches.none":`Geen routeringsschakelaar`,"switches.on":`Aan`,"switches.off":`Uit`,"switches.schedule":`Schema`,"switches.auto":`Schema`,"switches.true_sticky":`Permanent van toepassing`,"switches.false_sticky":`Permanent niet van toepassing`,"switches.true":`Tijdelijk van toepassing`,"switches.false":`Tijdelijk niet van toepassing`,"switches.fixed":`Alleen de telefooncentrale kan dit wijzigen`,"waiting.badge":`Wachtend: {count}`,"system.connected":`Verbonden`,"system.disconnected":`Niet verbonden`,"system.version":`Versie`,"system.phones":`Niet aangemelde telefoons`,"system.all_registered":`Alle telefoons zijn aangemeld`,"view.switchboard":`Schakelbord`,"view.my_phone":`Mijn telefoon`,"view.queues":`Wachtrijen`,"view.calls":`Oproepen`,"view.system":`Systeem`,"title.parked":`Geparkeerde oproepen`,"title.mailboxes":`Voicemailboxen`,"title.switches":`Routeringsschakelaars`,"card.switchboard":`PBX schakelbord`,"card.switchboard.description":`Iedereen in huis of kantoor: wie met wie praat, wie vrij is`,"card.my_phone":`PBX mijn telefoon`,"card.my_phone.description":`Je eigen telefoon: opnemen, doorverbinden, bellen, terugbellen`,"card.wallboard":`PBX wachtrijbord`,"card.wallboard.description":`Wie wacht, hoelang, en wie opneemt`,"card.calls":`PBX oproepen`,"card.calls.description":`De voorbije oproepen, om te lezen en terug te bellen`,"card.parked":`PBX geparkeerde oproepen`,"card.parked.description":`Geparkeerde oproepen om over te nemen`,"card.mailboxes":`PBX voicemailboxen`,"card.mailboxes.description":`Nieuwe voicemailberichten`,"card.switches":`PBX routeringsschakelaars`,"card.switches.description":`Nachtstand en dergelijke`,"card.system":`PBX systeem`,"card.system.description":`Verbinding, versie en niet aangemelde telefoons`,"badge.waiting":`PBX wachtende bellers`,"badge.waiting.description":`Hoeveel er in de wachtrijen wachten`,"feature.call_actions":`Oproepacties`,"strategy.name":`Telefoon`,"strategy.description":`Schakelbord, je telefoon, wachtrijen, oproepen en de telefooncentrale`,"form.title":`Titel`,"form.entry":`Telefooncentrale`,"form.group_by":`Groeperen op`,"form.group_by.none":`Geen groepen`,"form.group_by.area":`Ruimte`,"form.group_by.label":`Label`,"form.group_by.queue":`Wachtrij`,"form.group_by.system":`Telefooncentrale`,"form.busy_only":`Alleen tonen wie aan de telefoon is`,"form.device":`Wiens telefoon`,"form.device_help":`Leeg voor wie is aangemeld`,"form.empty":`Leeg voor {value}`,"form.queues":`Wachtrijen`,"form.waiting_warning":`Let op vanaf zoveel bellers`,"form.waiting_alert":`Dringend vanaf zoveel bellers`,"form.wait_warning":`Let op vanaf zoveel seconden`,"form.wait_alert":`Dringend vanaf zoveel seconden`,"form.service_warning":`Let op onder dit serviceniveau`,"form.only":`Tonen`,"form.sound":`Geluid als iemand wacht`}};function Dt(e,t,n={}){return(Et[e]??Et[e.split(`-`)[0]]??Tt)[t].replace(/\{(\w+)\}/g,(e,t)=>String(n[t]??``))}function U(e){let t=e?.locale?.language??e?.language??`en`;return(e,n)=>Dt(t,e,n)}function Ot(){let e=null;try{e=JSON.parse(localStorage.getItem(`selectedLanguage`)??`null`)}catch{}let t=e??navigator.language;return(e,n)=>Dt(t,e,n)}var W={name:`entry`,selector:{config_entry:{integration:`pbx`}}},G={name:`title`,selector:{text:{}}},kt=(e,t={})=>({device:{filter:{integration:`pbx`},entity:{integration:`pbx`,domain:`sensor`,device_class:e},...t}}),At={name:`device`,selector:kt(`enum`)},jt={name:`queues`,selector:kt(`timestamp`,{multiple:!0})};function K(e){let t=document.querySelector(`home-assistant`)?.hass,n=U(t);return{schema:e,computeLabel:e=>n(`form.${e.name}`),computeHelper:e=>e.name===`device`?`${n(`form.device`)}. ${n(`form.device_help`)}`:e.otherwise===void 0?void 0:n(`form.empty`,{value:e.otherwise})}}function Mt(e,t,n){let r=document.querySelector(`home-assistant`)?.hass,i=U(r);return{name:e,selector:{select:{mode:`dropdown`,options:t.map(e=>({value:e,label:i(`${n}.${e}`)}))}}}}var q=class extends ht{static{this.properties={config:{state:!0},message:{state:!0},preview:{type:Boolean,reflect:!0}}}static{this.styles=R}constructor(){super(),this.message=``}setConfig(e){this.config=e}getCardSize(){return 6}getGridOptions(){return{columns:12,min_columns:6}}concerns(e,t){return[`devices`,`areas`,`locale`,`user`,`connected`].some(n=>e[n]!==t[n])||Nt(e)!==Nt(t)}updated(e){super.updated(e),this.toggleAttribute(`dark`,!!this.own&&Nt(this.own))}get t(){return U(this.own)}get commander(){return new Qe(this.hass)}get me(){return this.store&&ze(this.store,this.config?.device)}name(e){return yt(this.hass,e)}who(e,t){return e.name||!e.number?e.name||this.t(`unknown_caller`):vt(this.store,this.hass,t,e.number)}renderFace(e){return e.picture?C`<img class="face" src=${this.hass.hassUrl(e.picture)} alt="" @error=${e=>e.target.remove()} />`:T}renderGroups(e){return e.groups?.map(e=>C`<span class="group"><bdi>${e}</bdi></span>`)??T}async run(e,t){try{await e}catch{return!1}return t&&this.say(t),!0}say(e){this.message=e,this.dispatchEvent(new CustomEvent(`hass-notification`,{detail:{message:e,duration:3e3},bubbles:!0,composed:!0}))}render(){return!this.config||!this.own||!this.store?T:C`<ha-card role="region" aria-label=${this.heading}>${this.renderNotes()}${this.renderCard()}<div class="sr" role="status">${this.message}</div></ha-card>`}renderNotes(){let e=this.store;return!e.loaded&&e.pbxs.size===0?C`<div class="empty">${this.t(`loading`)}</div>`:e.loaded&&e.pbxs.size===0?C`<div class="empty">${this.t(`no_pbx`)}</div>`:[...e.pbxs.values()].filter(e=>e.facts&&!e.facts.connected&&(!this.config.entry||e.id===this.config.entry)).map(e=>C`<div class="note" role="alert">
            <ha-icon icon="mdi:lan-disconnect"></ha-icon><span>${this.t(`not_connected`)}: ${e.facts.title}</span>
          </div>`)}};function Nt(e){return!!e.themes?.darkMode}var Pt=class{constructor(e){this.host=e,this.items=[],e.addController(this)}follow(e,t){this.hass=e,this.wanted=t??void 0;let n=this.isThere(e)?this.wanted:void 0;n!==this.entityId&&(this.hostDisconnected(),n&&(this.entityId=n,this.stop=e.connection.subscribeMessage(e=>{this.items=e.items,this.host.requestUpdate()},{type:`todo/item/subscribe`,entity_id:n}).catch(()=>void 0)))}concerns(e,t){return this.isThere(e)!==this.isThere(t)}isThere(e){let t=this.wanted&&e.states[this.wanted]?.state;return!!t&&t!==`unavailable`}hostConnected(){this.host.requestUpdate()}hostDisconnected(){this.stop?.then(e=>e?.()),this.stop=void 0,this.entityId=void 0,this.items=[]}async setDone(e){let t={item:e.uid,status:e.status===`completed`?`needs_action`:`completed`};await this.hass?.callService(`todo`,`update_item`,t,{entity_id:this.entityId})}},Ft=1500;function It(e,t){let n=new Map;for(let r of e.filter(({status:e,due:t})=>e===`needs_action`&&t)){let e=e=>Math.abs(Date.parse(r.due)-Date.parse(e.ended)),[i]=t.filter(t=>e(t)<Ft).sort((t,n)=>e(t)-e(n));i&&n.set(i,r)}return n}function Lt(e,t,n,r){let i=t.items.filter(e=>e.status===`needs_action`);return C`<h3>${e(`to_return`)}</h3>
    ${i.length?C`<ul>
          ${i.map(t=>{let i=Rt(t.summary);return C`<li class="row">
              ${r?C`<input
                    type="checkbox"
                    title=${e(`to_return.done`,{what:t.summary})}
                    aria-label=${e(`to_return.done`,{what:t.summary})}
                    @change=${()=>r(t)}
                  />`:T}
              <span class="grow"
                ><bdi>${t.summary}</bdi>${t.description?C` <span class="quiet">${t.description}</span>`:T}</span
              >
              ${i&&n?C`<button class="icon" title=${e(`action.call_back`)} aria-label=${e(`action.call_back_who`,{who:t.summary})} @click=${()=>n(i)}>
                    <ha-icon icon="mdi:phone"></ha-icon>
                  </button>`:T}
            </li>`})}
        </ul>`:C`<div class="quiet">${e(`to_return.none`)}</div>`}`}function Rt(e){if(!e.includes(`•`))return/(\+?\d[\d\s-]{1,})\)?$/.exec(e)?.[1]?.trim()}var zt=[`all`,`missed`,`mine`,`queue`],Bt=30,Vt=new Set([`missed`,`voicemail`,`busy`,`no_answer`,`failed`]);function Ht(e,t,n){let r={caller:n(t.caller),called:n(t.called)},i=t.outcome===`no_answer`||t.outcome===`failed`&&t.role===`callee`?`missed`:t.outcome??`answered`,a={callee:[`answered`,`missed`,`answered_elsewhere`,`voicemail`,`busy`],caller:[`answered`,`missed`,`busy`,`failed`],other:[`answered`,`missed`,`busy`,`voicemail`,`failed`,`transferred`]},o=t.role??`other`,s=a[o].includes(i)?i:`answered`,c={callee:`calls.me`,caller:`calls.i`,other:`calls.in`}[o];return e(`${c}.${s}`,r)}var Ut=class extends q{static{this.properties={...q.properties,only:{state:!0},calls:{state:!0},next:{state:!0}}}static{this.styles=[R,o`
      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .bad {
        color: var(--pbx-bad);
      }
      .row {
        padding: 4px 0;
      }
      .more {
        margin-top: 12px;
        width: 100%;
      }
    `]}constructor(){super(),this.sections=[`people`],this.toDo=new Pt(this),this.asked=``,this.only=`all`,this.next=null}static getStubConfig(){return{}}static getConfigForm(){return K([G,W,Mt(`only`,zt,`calls`)])}setConfig(e){super.setConfig(e),this.only=e.only??`all`}concerns(e,t){return super.concerns(e,t)||this.toDo.concerns(e,t)}updated(e){if(super.updated(e),this.toDo.follow(this.hass,this.me?.person.to_do),!this.store?.loaded)return;let t=[...this.store.pbxs.values()].map(e=>`${e.id} ${e.facts?.last_call}`),n=[this.only,this.config.entry,...t].join();n!==this.asked&&(this.asked=n,this.read().catch(()=>this.asked=``))}async read(e){let t=this.asked,n=await this.hass.callWS({type:`pbx/calls`,limit:Bt,...this.only===`all`?{}:{only:this.only},...this.config.entry?{config_entry_id:this.config.entry}:{},...e?{before:e}:{}});t===this.asked&&(this.calls=e?[...this.calls??[],...n.calls]:n.calls,this.next=n.next)}get heading(){return this.config.title??this.t(`view.calls`)}renderCard(){let{t:e,calls:t}=this;if(!this.store.pbxs.size)return T;let n=It(this.toDo.items,(t??[]).filter(e=>e.role===`callee`));return C`<div class="head">
        <h2>${this.heading}</h2>
        <div class="filters" role="group" aria-label=${e(`form.only`)}>
          ${this.listFilters().map(t=>C`<button aria-pressed=${this.only===t} @click=${()=>this.only=t}>${e(`calls.${t}`)}</button>`)}
        </div>
      </div>
      <div class="body">
        ${t?.length?C`<ul>
              ${t.map(e=>this.renderCall(e,n.get(e)))}
            </ul>`:C`<div class="empty">${e(t?`calls.none`:`loading`)}</div>`}
        ${this.next?C`<button class="more" @click=${()=>this.read(this.next)}>${e(`calls.more`)}</button>`:T}
      </div>`}listFilters(){return zt.filter(e=>e!==`mine`||this.only===`mine`||ze(this.store)!==void 0)}renderCall(e,t){let{t:n}=this,r=e.role===`caller`||e.role===null&&e.direction===`outgoing`,i=Vt.has(e.outcome??``),a=i?`mdi:phone-missed`:r?`mdi:phone-outgoing`:`mdi:phone-incoming`,o=r?e.called:e.caller,s=o.number&&!o.number.includes(`•`)?o.number:void 0,c=j(this.store,e.entry_id),l=e.answered?tt(Date.parse(e.ended)-Date.parse(e.answered)):``,u=[rt(this.hass,e.started,this.store.now()),l,e.queue&&n(`calls.queue_name`,{name:e.queue})],d=t=>this.who(t,e.entry_id),f=d(o);return C`<li class="row">
      <ha-icon class=${i?`bad`:``} icon=${a}></ha-icon>
      ${this.renderFace(o)}
      <span class="grow"
        >${L(Ht(n,e,d))}<br /><span class="quiet">${u.filter(Boolean).join(` · `)}</span></span
      >
      ${t&&this.me?.person.control?C`<input
            type="checkbox"
            title=${n(`to_return.done`,{what:t.summary})}
            aria-label=${n(`to_return.done`,{what:t.summary})}
            @change=${()=>this.run(this.toDo.setDone(t))}
          />`:T}
      ${s&&N(c)?C`<button
            class="icon"
            title=${n(`action.call_back`)}
            aria-label=${n(`action.call_back_who`,{who:f})}
            @click=${()=>this.callBack(e.entry_id,s,f)}
          >
            <ha-icon icon="mdi:phone"></ha-icon>
          </button>`:T}
    </li>`}callBack(e,t,n){let r=j(this.store,e);N(r)&&this.run(this.commander.dial(r,t),this.t(`done.calling`,{who:n}))}},Wt=/^(line_status|other_party|on_a_call)$/,Gt=class extends ht{constructor(...e){super(...e),this.sections=[`people`]}static{this.properties={context:{attribute:!1},config:{state:!0}}}static{this.styles=o`
    :host {
      display: flex;
      gap: 8px;
      height: var(--feature-height, 42px);
    }
    button {
      flex: 1;
      min-width: 0;
      border: none;
      border-radius: var(--feature-border-radius, 12px);
      background: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
      color: var(--primary-text-color);
      cursor: pointer;
    }
    button.good,
    button.bad {
      background: #2e7d32;
      color: #fff;
    }
    button.bad {
      background: #c62828;
    }
    button:focus-visible {
      outline: 2px solid var(--primary-color);
    }
  `}static isSupported(e,t){let n=e.entities?.[t.entity_id??``];return n?.platform===`pbx`&&Wt.test(n.translation_key??``)}static getStubConfig(){return{type:`custom:pbx-call-actions-feature`}}setConfig(e){this.config=e}render(){let e=this.own?.entities[this.context?.entity_id??``]?.device_id,t=e&&this.store?this.findPerson(e):void 0;if(!t)return T;let n=t.person.calls.at(0);return n?this.renderCall(t,n):this.renderDial(t)}renderCall(e,t){let n=U(this.own),r=j(this.store,e.pbx.id),i=Ze(e,t).filter(e=>!e.local).map(r=>this.renderButton(n(`action.${r.name}`),r.icon,r.look,()=>this.commander.press(e,r,t)));return Ve(r,e.person)?[this.renderButton(n(`action.pick_up`),`mdi:phone-incoming`,`good`,()=>this.commander.pickUp(r,e.person)),...i]:i}renderDial(e){let t=j(this.store,e.pbx.id);if(!P(t,e.person))return T;let n=U(this.own)(`action.call_who`,{who:yt(this.hass,e.person)});return this.renderButton(n,`mdi:phone`,void 0,()=>this.commander.dial(t,e.person.number))}renderButton(e,t,n,r){return C`<button class=${n??``} title=${e} aria-label=${e} @click=${e=>{e.stopPropagation(),r().catch(()=>void 0)}}>
      <ha-icon icon=${t}></ha-icon>
    </button>`}get commander(){return new Qe(this.hass)}findPerson(e){let t=Re(this.store);return t.find(({person:t})=>t.device_id===e)??t.find(({person:t})=>t.phones.some(t=>t.device_id===e))}},Kt=class extends ht{constructor(...e){super(...e),this.sections=[`queues`]}static{this.properties={config:{state:!0}}}static{this.styles=o`
    div {
      display: flex;
      align-items: center;
      gap: 8px;
      height: 36px;
      padding: 0 12px;
      border: 1px solid var(--divider-color, #e0e0e0);
      border-radius: 18px;
      background: var(--card-background-color, #fff);
      color: var(--primary-text-color);
      --mdc-icon-size: 18px;
    }
    div.some {
      border: 2px solid #b45309;
      font-weight: 500;
    }
  `}static getStubConfig(){return{}}setConfig(e){this.config=e}render(){if(!this.store)return T;let e=this.store.list(`queues`,this.config?.entry),t=e.filter(e=>e.waiting!==null),n=t.reduce((e,t)=>e+t.waiting,0),r=t.length||!e.length?n:`–`;return C`<div class=${n?`some`:``} role="status">
      <ha-icon icon=${n?`mdi:account-clock`:`mdi:account-check`}></ha-icon
      ><span>${U(this.own)(`waiting.badge`,{count:r})}</span>
    </div>`}},qt=o`
  .call {
    margin: 4px 0 12px;
    padding: 16px;
    border-radius: 16px;
    background: color-mix(in srgb, var(--primary-color) 12%, transparent);
  }
  .call.ringing {
    background: color-mix(in srgb, var(--pbx-warn) 18%, transparent);
  }
  .caller {
    display: flex;
    align-items: center;
    gap: 12px;
    font-size: 1.9em;
    line-height: 1.2;
    overflow-wrap: anywhere;
  }
  .caller .face {
    width: 56px;
    height: 56px;
  }
  .sent {
    min-height: 1.4em;
    margin-top: 12px;
    text-align: center;
    font-size: 1.2em;
    letter-spacing: 0.15em;
    direction: ltr;
  }
  /* One that is longer than what the heading leaves gets a line of its own. */
  select {
    width: auto;
    max-width: 100%;
    text-overflow: ellipsis;
  }
  .call.more .caller {
    font-size: 1.15em;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    margin: 4px 0 12px;
  }
  .call .buttons button {
    min-height: 48px;
    border-radius: 24px;
    flex: 1 1 auto;
  }
  .pad {
    display: grid;
    grid-template-columns: repeat(3, minmax(56px, 96px));
    justify-content: center;
    gap: 8px;
    margin: 12px 0;
    direction: ltr;
  }
  .pad button {
    min-height: 52px;
    border-radius: 26px;
    flex-direction: column;
    gap: 0;
    font-size: 1.25em;
    line-height: 1.1;
  }
  .pad small::after {
    content: attr(data-text) / "";
  }
  .pad small {
    font-size: 0.5em;
    min-height: 1.1em;
  }
  .dial {
    display: flex;
    gap: 8px;
    align-items: center;
  }
  .call .dial {
    margin-top: 12px;
  }
  .settings {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 12px;
  }
  .settings ~ .dial {
    margin-top: 12px;
  }
  .found button {
    width: 100%;
    justify-content: flex-start;
    border-radius: 8px;
    border-color: transparent;
    min-height: 44px;
    text-align: start;
  }
  .idle {
    padding: 8px 0;
  }
`,Jt=[`1`,`2`,`3`,`4`,`5`,`6`,`7`,`8`,`9`,`*`,`0`,`#`],Yt=[``,`ABC`,`DEF`,`GHI`,`JKL`,`MNO`,`PQRS`,`TUV`,`WXYZ`,``,`+`,``],Xt=[30,60,240,480],Zt=8,Qt=300,$t=class extends q{static{this.properties={...q.properties,typed:{state:!0},found:{state:!0},open:{state:!0},sent:{state:!0},chosen:{state:!0}}}static{this.styles=[R,qt]}constructor(){super(),this.sections=[`people`],this.toDo=new Pt(this),this.searching=0,this.typed=``,this.found=[],this.sent=``}get mes(){let e=e=>J(e)===this.chosen?0:e.pbx.facts?.connected?1:2;return this.store?A(this.store,this.config?.device).sort((t,n)=>e(t)-e(n)):[]}get me(){return this.mes[0]}static getStubConfig(){return{}}static getConfigForm(){return K([G,At])}concerns(e,t){return super.concerns(e,t)||this.toDo.concerns(e,t)}willUpdate(){this.open!==`tones`&&this.open!==`transfer`||qe(this.mes,this.openCall)||this.close()}updated(e){super.updated(e),this.toDo.follow(this.hass,this.me?.person.to_do)}get heading(){return this.config.title??this.t(`view.my_phone`)}renderCard(){let{mes:e,t}=this,n=e.at(0);if(!this.store.loaded&&!n)return T;if(!n)return C`<div class="head"><h2>${this.heading}</h2></div>
        <div class="body">
          <p>${t(`my.nobody`)}</p>
          <p class="quiet">${L(t(`my.nobody_help`))}</p>
        </div>`;let{person:r}=n,i=e.flatMap(e=>e.person.calls.map(t=>({one:e,call:t}))),a=r.phones.length>0&&r.phones.every(e=>e.registered===!1);return C`
      <div class="head">
        <h2>${this.heading}</h2>
        ${e.length>1?this.renderChoice(n):C`<span class="quiet"
              ><bdi>${this.name(r)}</bdi>${r.number?C` · <bdi>${r.number}</bdi>`:T}</span
            >`}
      </div>
      <div class="body">
        ${a?C`<div class="note" role="alert"><ha-icon icon="mdi:phone-off"></ha-icon>${t(`phone_offline`)}</div>`:T}
        <div aria-live="assertive">
          ${i.length?i.map(({one:e,call:t},n)=>this.renderCall(e,t,n)):C`<div class="idle quiet">${t(n.pbx.facts.connected?`my.idle`:`status.unknown`)}</div>`}
        </div>
        ${this.renderDial(n)} ${this.renderSettings(n)}
        ${this.toDo.entityId?Lt(t,this.toDo,N(n)?e=>this.dial(n,e,e):void 0,r.control?e=>this.run(this.toDo.setDone(e)):void 0):T}
      </div>
    `}renderChoice(e){let t=e=>{this.chosen=e.target.value,this.close()},n=A(this.store,this.config.device);return C`<select aria-label=${this.t(`form.device`)} @change=${t}>
      ${n.map(t=>C`<option value=${J(t)} ?selected=${J(t)===J(e)}>
            ${[this.name(t.person),t.person.number].filter(Boolean).join(` · `)} (${t.pbx.facts.title})
          </option>`)}
    </select>`}close(){this.open=void 0,this.typed=this.sent=``,this.found=[]}toggle(e,t){let n=this.open!==e||this.openCall!==t;this.close(),this.openCall=t,n&&(this.open=e)}renderCall(e,t,n){let{t:r}=this,i=this.who(t,e.pbx.id),a=t.state===`ringing`&&n>0?r(`call.knocking`,{who:i}):H(r,t,i),o=e=>this.open===e&&this.openCall===t.call_id;return C`<div class="call ${t.state} ${n?`more`:``}" role="group" aria-label=${a}>
      <div class="caller">${this.renderFace(t)}<bdi>${i}</bdi></div>
      <div class="facts">
        <span>${t.parked?r(`done.parked`):r(`status.${t.state}`)}</span>
        ${t.number&&t.number!==i?C`<bdi>${t.number}</bdi>`:T}
        ${t.queue?C`<span>${r(`calls.queue_name`,{name:t.queue})}</span>`:T}
        ${this.renderGroups(t)}
        ${t.recorded?C`<span class="group"><ha-icon icon="mdi:record-rec"></ha-icon>${r(`call.recorded`)}</span>`:T}
        <pbx-timer .since=${t.since} .ahead=${this.store.ahead}></pbx-timer>
      </div>
      <div class="buttons">${Ze(e,t).map(n=>this.renderAction(e,t,n))}</div>
      ${o(`tones`)?C`<div class="sent" role="status">${this.sent}</div>
            ${this.renderPad(n=>this.sendTone(e,t,n),`action.send_tone`)}`:T}
      ${o(`transfer`)?this.renderTransfer(e,t):T}
    </div>`}renderAction(e,t,n){let{t:r}=this,i=C`<ha-icon icon=${n.icon}></ha-icon>${r(`action.${n.name}`)}`;if(!n.local)return C`<button class=${n.look??``} @click=${()=>this.act(e,n,t)}>${i}</button>`;let a=n.name;return C`<button aria-expanded=${this.open===a&&this.openCall===t.call_id} @click=${()=>this.toggle(a,t.call_id)}>${i}</button>`}async act(e,t,n){let r=t.name===`park`?this.t(`done.parked`):void 0;await this.run(this.commander.press(e,t,n),r)}renderPad(e,t){return C`<div class="pad" role="group" aria-label=${this.t(`action.tones`)}>
      ${Jt.map((n,r)=>C`<button aria-label=${t?this.t(t,{tone:n}):T} @click=${()=>e(n)}>
            ${n}<small data-text=${Yt[r]}></small>
          </button>`)}
    </div>`}sendTone(e,t,n){this.sent+=n,this.run(this.commander.act(e,`send_dtmf`,t,{digits:n}))}renderTransfer(e,t){return this.renderSearch(e,`action.transfer`,`mdi:phone-forward`,(n,r)=>{this.close(),this.run(this.commander.transfer(e,t,n),this.t(`done.transferred`,{who:r}))})}renderDial(e){if(!N(e)||[`transfer`,`forward`,`presence`].includes(this.open??``))return T;let t=(t,n)=>{this.close(),this.dial(e,t,n)},n=Ke(e.person,`talking`)!==void 0;return C`${this.renderSearch(e,`action.call`,`mdi:phone`,t)}
    ${n?T:this.renderPad(t=>this.type(e,this.typed+t),void 0)}`}async dial(e,t,n){await this.run(this.commander.dial(e,t),this.t(`done.calling`,{who:n}))}renderSearch(e,t,n,r){let{t:i}=this,a=this.typed.trim(),o=this.typed||t===`action.call`?this.found:this.findColleagues(e,``);return C`<div class="dial">
        <input
          type="text"
          autocomplete="off"
          aria-label=${i(`search.dial`)}
          placeholder=${i(`search.dial`)}
          .value=${this.typed}
          @input=${t=>this.type(e,t.target.value)}
          @keydown=${e=>{if(e.key!==`Enter`)return;let t=a?this.found[0]:void 0;Y(a)?r(a,a):t&&r(t.number,t.name)}}
        />
        ${this.typed?C`<button class="icon" aria-label=${i(`action.delete_digit`)} @click=${()=>this.type(e,this.typed.slice(0,-1))}>
              <ha-icon icon="mdi:backspace-outline"></ha-icon>
            </button>`:T}
        <button class="good" ?disabled=${!Y(a)} @click=${()=>r(a,a)}>
          <ha-icon icon=${n}></ha-icon>${i(t)}
        </button>
      </div>
      ${o.length?C`<ul class="found" aria-label=${i(`search`)}>
            ${o.map(e=>C`<li>
                  <button @click=${()=>r(e.number,e.name)}>
                    <ha-icon icon=${n}></ha-icon><span class="grow"><bdi>${e.name}</bdi></span
                    ><bdi class="quiet">${e.number}</bdi>
                  </button>
                </li>`)}
          </ul>`:a&&!Y(a)?C`<p class="quiet" role="status">${i(`people.nobody_found`)}</p>`:T}`}type(e,t){this.typed=t;let n=t.trim();clearTimeout(this.searching),this.found=n?this.findColleagues(e,n):[],n.length>2&&!Y(n)&&e.pbx.can(`find_contacts`)&&(this.searching=window.setTimeout(()=>void this.findContacts(e,n),Qt))}findColleagues(e,t){let n=B(this.hass.locale.language);return this.store.list(`people`,e.pbx.id).filter(t=>!!t.number&&t.id!==e.person.id).filter(e=>_t(this.name(e),e.number,t)).sort((e,t)=>Number(V(e))-Number(V(t))||n.compare(this.name(e),this.name(t))).slice(0,Zt).map(e=>({name:this.name(e),number:e.number}))}async findContacts(e,t){let n=await this.commander.findContacts(e.pbx.id,t).catch(()=>[]);if(this.typed.trim()!==t)return;let r=new Set(this.found.map(e=>e.number)),i=n.filter(e=>e.number&&!r.has(e.number));this.found=[...this.found,...i].slice(0,16)}renderSettings(e){let{person:t,pbx:n}=e,{t:r}=this,i=e=>!!n.facts?.connected&&t.control&&t.editable&&n.can(e),a=t.do_not_disturb!==null&&i(`set_do_not_disturb`),o=`always`in t.forwards&&i(`set_forward`),s=i(`set_presence`);if(!a&&!o&&!s)return T;let c=t.forwards.always;return C`<div class="settings">
        ${a?C`<button aria-expanded=${this.open===`dnd`} aria-pressed=${!!t.do_not_disturb} @click=${()=>this.toggle(`dnd`)}>
              <ha-icon icon=${t.do_not_disturb?`mdi:bell-off`:`mdi:bell`}></ha-icon>${r(`do_not_disturb`)}:
              ${this.describeQuiet(t)}
            </button>`:T}
        ${o?C`<button aria-expanded=${this.open===`forward`} aria-pressed=${!!c} @click=${()=>this.toggle(`forward`)}>
              <ha-icon icon="mdi:call-split"></ha-icon>${c?r(`forwarded_to`,{number:vt(this.store,this.hass,n.id,c)}):r(`action.forward`)}
            </button>`:T}
        ${s?C`<button aria-expanded=${this.open===`presence`} @click=${()=>this.toggle(`presence`)}>
              <ha-icon icon="mdi:account-clock"></ha-icon>${r(`presence`)}${t.presence?`: ${r(`presence.${t.presence}`)}`:``}
            </button>`:T}
      </div>
      ${s&&this.open===`presence`?this.renderPresence(e):T}
      ${a&&this.open===`dnd`?this.renderQuiet(e):T}
      ${o&&this.open===`forward`?this.renderForward(e):T}`}describeQuiet(e){let t=e.do_not_disturb_until;return!e.do_not_disturb||!t?this.t(e.do_not_disturb?`dnd.on`:`dnd.off`):this.t(`dnd.until`,{time:rt(this.hass,t,this.store.now())})}renderQuiet(e){let{t}=this,n=(t,n)=>()=>{this.close(),this.run(this.commander.setDoNotDisturb(e,t,n))};return C`<div class="settings" role="group" aria-label=${t(`do_not_disturb`)}>
      ${e.person.do_not_disturb?C`<button @click=${n(!1)}>${t(`dnd.off`)}</button>`:T}
      ${Xt.map(e=>C`<button @click=${n(!0,e)}>
            ${e<60?t(`dnd.minutes`,{count:e}):t(`dnd.hours`,{count:e/60})}
          </button>`)}
      <button @click=${n(!0)}>${t(`dnd.until_off`)}</button>
    </div>`}renderPresence(e){let{t}=this,n=t=>()=>{let n=this.typed.trim();this.close(),this.run(this.commander.setPresence(e,t,n))};return C`<div class="settings" role="group" aria-label=${t(`presence`)}>
      <input
        type="text"
        aria-label=${t(`presence.note`)}
        placeholder=${t(`presence.note`)}
        .value=${this.typed}
        @input=${e=>this.typed=e.target.value}
      />
      ${e.pbx.facts.presences.map(r=>C`<button aria-pressed=${e.person.presence===r} @click=${n(r)}>
            ${t(`presence.${r}`)}
          </button>`)}
    </div>`}renderForward(e){let{t}=this,n=t=>{this.close(),this.run(this.commander.forward(e,t))};return C`${e.person.forwards.always?C`<div class="settings" role="group" aria-label=${t(`action.forward`)}>
            <button @click=${()=>n(null)}>${t(`action.stop_forwarding`)}</button>
          </div>`:T}
      ${this.renderSearch(e,`action.forward_to`,`mdi:call-split`,n)}`}},J=e=>`${e.pbx.id} ${e.person.id}`;function Y(e){return/^\+?[\d*#][\d*#\s()./-]*$/.test(e)}var en={on:`switches.on`,off:`switches.off`,schedule:`switches.schedule`,auto:`switches.auto`,true_sticky:`switches.true_sticky`,false_sticky:`switches.false_sticky`,true:`switches.true`,false:`switches.false`},X=class extends q{static{this.styles=[R,o`
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
    `]}static getStubConfig(){return{}}static getConfigForm(){return K([G,W])}getCardSize(){return 3}get shownPbxs(){return[...this.store.pbxs.values()].filter(e=>e.facts&&(!this.config.entry||e.id===this.config.entry))}get heading(){return this.config.title??this.names.title}renderCard(){if(!this.store.pbxs.size)return T;let e=this.renderRows();return C`<div class="head"><h2>${this.heading}</h2></div>
      <div class="body">
        ${e.length?C`<ul>
              ${e}
            </ul>`:C`<div class="empty">${this.names.none}</div>`}
      </div>`}},tn=class extends X{constructor(...e){super(...e),this.sections=[`people`,`calls`]}get names(){return{title:this.t(`title.parked`),none:this.t(`parked.none`)}}renderRows(){return this.shownPbxs.filter(e=>e.facts.connected).flatMap(e=>[...(e.facts.parked??[]).map(t=>this.renderParked(e,t)),...this.renderParkedAtPeople(e)])}renderParkedAtPeople(e){let t=j(this.store,e.id,this.config.device);return[...e.sections.people.values()].flatMap(e=>e.calls.map(t=>({who:e,call:t}))).filter(({call:e})=>e.parked).map(({who:n,call:r})=>this.renderRow(e,r,this.name(n),r.since,We(t,n)?()=>this.commander.fetch(t,r):void 0))}renderParked(e,t){let{t:n}=this,r=j(this.store,e.id,this.config.device),i=[...e.sections.calls.values()].find(e=>e.parking_space===t.space),a=()=>i&&e.can(`pick_up`)?this.hass.callService(`pbx`,`pick_up`,{call_id:i.call_id},{device_id:r.person.device_id}):this.commander.dial(r,t.space),o=n(`parked.space`,{space:t.space});return this.renderRow(e,t,o,t.since,N(r)?a:void 0)}renderRow(e,t,n,r,i){let{t:a}=this,o=this.who(t,e.id);return C`<li class="row">
      <ha-icon icon="mdi:parking"></ha-icon>
      <span class="grow"><bdi>${o}</bdi><br /><span class="quiet"><bdi>${n}</bdi></span></span>
      ${r?C`<pbx-timer .since=${r} .ahead=${this.store.ahead}></pbx-timer>`:T}
      ${i?C`<button class="good" aria-label="${a(`action.pick_up`)}: ${o}" @click=${()=>this.run(i(),a(`done.picked_up`))}>
            ${a(`action.pick_up`)}
          </button>`:T}
    </li>`}},nn=class extends X{constructor(...e){super(...e),this.sections=[`mailboxes`,`people`]}get names(){return{title:this.t(`title.mailboxes`),none:this.t(`mailboxes.none`)}}renderRows(){let e=B(this.hass.locale.language),t=this.store.list(`mailboxes`,this.config.entry).map(e=>({box:e,name:this.nameBox(e)}));return t.sort((t,n)=>(n.box.new??0)-(t.box.new??0)||e.compare(t.name,n.name)),t.map(({box:e,name:t})=>C`<li class="row">
        <ha-icon icon=${e.new?`mdi:voicemail`:`mdi:email-open-outline`}></ha-icon>
        <span class="grow"><bdi>${t}</bdi></span>
        <span class=${e.new?``:`quiet`}>${L(this.t(`mailboxes.counts`,{new:e.new??0,old:e.old??0}))}</span>
      </li>`)}nameBox(e){let t=this.store.list(`people`,e.entry).find(t=>t.number&&t.number===e.number);return t?this.name(t):e.name}},rn=class extends X{constructor(...e){super(...e),this.sections=[`switches`]}get names(){return{title:this.t(`title.switches`),none:this.t(`switches.none`)}}renderRows(){let e=B(this.hass.locale.language),t=this.shownPbxs.filter(e=>e.sections.switches.size);return t.flatMap(n=>{let r=[...n.sections.switches.values()].sort((t,n)=>e.compare(t.name,n.name)),i=C`<li><h3><bdi>${n.facts.title}</bdi></h3></li>`;return[...t.length>1?[i]:[],...r.map(e=>this.renderSwitch(e))]})}renderSwitch(e){return C`<li class="row">
      <span class="grow"><bdi>${e.name}</bdi></span>
      <span class="choices">${this.renderChoices(e)}</span>
    </li>`}renderChoices(e){let{t}=this,n=e=>{let n=typeof e==`string`?e:e?`on`:`off`;return n in en?t(en[n]):n},r=this.store.pbxs.get(e.entry);return e.settable&&e.control&&e.entity_id&&r?.facts?.connected&&r.can(`set_switch`)?(e.options.length?e.options:[!0,!1]).map(t=>C`<button
          aria-pressed=${e.value===t}
          aria-label="${e.name}: ${n(t)}"
          @click=${()=>this.run(this.set(e,t))}
        >
          ${n(t)}
        </button>`):C`<span class="quiet" title=${t(`switches.fixed`)}>${e.value===null?`–`:n(e.value)}</span>`}set(e,t){let n={entity_id:e.entity_id};return typeof t==`string`?this.hass.callService(`select`,`select_option`,{option:t},n):this.hass.callService(`switch`,t?`turn_on`:`turn_off`,{},n)}},an=class extends X{constructor(...e){super(...e),this.sections=[`phones`]}get names(){return{title:this.t(`view.system`),none:``}}renderRows(){let{t:e}=this;return this.shownPbxs.flatMap(t=>{let n=t.facts,r=n.connected?this.renderPhones(t):[];return[C`<li class="row">
          <ha-icon icon=${n.connected?`mdi:lan-connect`:`mdi:lan-disconnect`}></ha-icon>
          <span class="grow"
            ><bdi>${n.title}</bdi><br /><span class="quiet"
              >${[n.manufacturer,n.version&&`${e(`system.version`)} ${n.version}`].filter(Boolean).join(` · `)}</span
            ></span
          >
          <span>${e(n.connected?`system.connected`:`system.disconnected`)}</span>
        </li>`,...r]})}renderPhones(e){let{t}=this,n=[...e.sections.phones.values()].filter(e=>e.registered!==null);if(!n.length)return[];let r=n.filter(e=>!e.registered),i=C`<bdi>${r.map(e=>e.name).join(`, `)}</bdi>`;return[C`<li class="row">
        <ha-icon icon=${r.length?`mdi:phone-off`:`mdi:phone-check`}></ha-icon>
        <span class="grow">${r.length?L(t(`system.phones`),`: `,i):t(`system.all_registered`)}</span>
      </li>`]}},on=o`
  dialog {
    color: var(--primary-text-color);
    background: var(--card-background-color, #fff);
    border: none;
    border-radius: 16px;
    padding: 0;
    width: min(420px, calc(100vw - 32px));
    max-height: calc(100vh - 32px);
    box-shadow: 0 8px 32px rgb(0 0 0 / 40%);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  .dialog-head {
    display: flex;
    align-items: center;
    gap: 8px;
    padding-block: 12px 4px;
    padding-inline: 20px 8px;
  }
  .dialog-body {
    padding: 4px 20px 20px;
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
`;function sn(e,t,n,r){return C`<dialog aria-label=${t} @close=${r} @pointerdown=${e=>{e.currentTarget.toggleAttribute(`pressed`,e.target===e.currentTarget)}} @click=${e=>{let t=e.currentTarget;e.target===t&&t.hasAttribute(`pressed`)&&t.close()}}>
    <div class="dialog-head">
      <h2>${t}</h2>
      <button
        class="icon"
        aria-label=${e(`action.close`)}
        @click=${e=>e.currentTarget.closest(`dialog`).close()}
      >
        <ha-icon icon="mdi:close"></ha-icon>
      </button>
    </div>
    <div class="dialog-body">${n}</div>
  </dialog>`}function cn(e){let t=e.querySelector(`dialog`);t&&!t.open&&t.showModal()}var ln=8,un=56,dn=10;function fn(e,t,n){let r=document.elementFromPoint(e,t);for(;r;){let i=r.closest(n);if(i)return i;let a=r.shadowRoot?.elementFromPoint(e,t)??null;if(!a||a===r)return;r=a}}function pn(e,t,n,r,i){if(e.button!==0)return;let a,o=e,s=0,c=()=>{let e=o.clientY<un?-10:o.clientY>window.innerHeight-un?dn:0;document.scrollingElement?.scrollBy(0,e),e&&r(fn(o.clientX,o.clientY,n)),s=requestAnimationFrame(c)},l=i=>{let l=Math.hypot(i.clientX-e.clientX,i.clientY-e.clientY)>ln;!a&&l&&(a=mn(t),s=requestAnimationFrame(c)),a&&(i.preventDefault(),o=i,a.style.transform=`translate(${i.clientX+12}px, ${i.clientY+12}px)`,r(fn(i.clientX,i.clientY,n)))},u=e=>{if(!(e instanceof KeyboardEvent&&e.key!==`Escape`)&&(window.removeEventListener(`pointermove`,l),window.removeEventListener(`pointerup`,u),window.removeEventListener(`pointercancel`,u),window.removeEventListener(`keydown`,u,!0),cancelAnimationFrame(s),r(void 0),a&&(a.remove(),e.type===`pointerup`))){let{clientX:t,clientY:r}=e;i(fn(t,r,n))}};window.addEventListener(`pointermove`,l,{passive:!1}),window.addEventListener(`pointerup`,u),window.addEventListener(`pointercancel`,u),window.addEventListener(`keydown`,u,!0)}function mn(e){let t=document.createElement(`div`);return t.textContent=e,t.setAttribute(`aria-hidden`,`true`),Object.assign(t.style,{position:`fixed`,zIndex:`9999`,top:`0`,left:`0`,padding:`8px 14px`,borderRadius:`18px`,background:`#1f2937`,color:`#fff`,pointerEvents:`none`}),document.body.append(t),t}var hn=500,gn=class{constructor(e){this.host=e,this.visible=new Set,this.observed=new Set,e.addController(this)}hostConnected(){this.observer=new IntersectionObserver(e=>this.handle(e),{rootMargin:`${hn}px 0px`})}hostDisconnected(){this.observer?.disconnect(),this.observed.clear()}hostUpdated(){let e=new Set(this.host.renderRoot.querySelectorAll(`[data-block]`));for(let t of this.observed)e.has(t)||this.forget(t);for(let t of e)this.observed.has(t)||this.observer?.observe(t);this.observed=e}has(e){return this.visible.has(e)}forget(e){this.observer?.unobserve(e),this.visible.delete(Number(e.dataset.block))}handle(e){let t=!1;for(let n of e){let e=Number(n.target.dataset.block);n.isIntersecting!==this.visible.has(e)&&(t=!0,n.isIntersecting?this.visible.add(e):this.visible.delete(e))}t&&this.host.requestUpdate()}};function _n(e,t,n,r,i,a){let o=e=>t=>{t.currentTarget.closest(`dialog`)?.close(),e()},s=xt(e,n,i.name),c=n.presence?e(`presence.${n.presence}`):``;return C`
    <div class="buttons">
      ${P(r,n)?C`<button class="good" @click=${o(()=>i.call(n.number))}>
            <ha-icon icon="mdi:phone"></ha-icon>${e(`action.call`)}
          </button>`:T}
      ${F(r,n)?C`<button @click=${o(i.transfer)}>
            <ha-icon icon="mdi:phone-forward"></ha-icon>${e(`action.transfer`)}
          </button>`:T}
      ${Ve(r,n)?C`<button class="good" @click=${o(i.pickUp)}>
            <ha-icon icon="mdi:phone-incoming"></ha-icon>${e(`action.pick_up`)}
          </button>`:T}
    </div>
    ${a?C`<div>${e(`my.nobody`)}<br /><span class="quiet">${L(e(`my.nobody_help`))}</span></div>`:T}
    <ul>
      <li class="row">
        <span class="grow">${e(`status.${n.status}`)}${c?C` · ${c}`:T}</span>
        <bdi>${n.number}</bdi>
      </li>
      ${n.presence_note?C`<li class="row"><bdi>${n.presence_note}</bdi></li>`:T}
      ${n.calls.map(n=>C`<li class="row">
            <span class="grow"
              >${L(H(e,n,n.name||n.number||e(`unknown_caller`)))}
              ${n.groups?.length?C`<span class="quiet"><bdi>${n.groups.join(`, `)}</bdi></span>`:T}
              ${n.queue?C`<span class="quiet">${e(`calls.queue_name`,{name:n.queue})}</span>`:T}</span
            >
            <pbx-timer .since=${n.since} .ahead=${t.ahead}></pbx-timer>
          </li>`)}
      ${n.do_not_disturb?C`<li class="row"><ha-icon icon="mdi:bell-off"></ha-icon>${e(`do_not_disturb`)}</li>`:T}
      ${s.map(e=>C`<li class="row"><ha-icon icon="mdi:call-split"></ha-icon>${L(e)}</li>`)}
      ${n.phones.map(t=>C`<li class="row">
            <ha-icon icon=${t.registered===!1?`mdi:phone-off`:`mdi:deskphone`}></ha-icon>
            <span class="grow"><bdi>${t.name}</bdi></span>
            ${t.registered===!1?C`<span class="quiet">${e(`status.offline`)}</span>`:T}
          </li>`)}
    </ul>
  `}var vn=8,yn=40,bn=60,xn=class extends q{static{this.properties={...q.properties,search:{state:!0},busyOnly:{state:!0},columns:{state:!0},current:{state:!0},shown:{state:!0},transferring:{state:!0}}}static{this.styles=[R,on,o`
      .tools {
        display: flex;
        gap: 8px;
        flex: 1 1 320px;
      }
      .tools input {
        flex: 1 1 auto;
        min-width: 0;
      }
      .tools button {
        flex: none;
      }
      .mine {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        margin: 4px 16px;
        padding: 8px 12px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--primary-color) 14%, transparent);
      }
      .handle {
        cursor: grab;
        touch-action: none;
        display: flex;
        align-items: center;
        gap: 8px;
        flex: 1 1 180px;
        min-width: 0;
      }
      .line-up {
        display: grid;
        gap: ${vn}px;
        margin-bottom: ${vn}px;
      }
      h3 {
        box-sizing: border-box;
        height: ${yn}px;
        margin: 0;
        padding-top: 12px;
        font-size: 0.95em;
        font-weight: 500;
        color: var(--secondary-text-color);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `]}constructor(){super(),this.sections=[`people`,`mailboxes`,`queues`],this.order=[],this.names=new Map,this.namers=new Map,this.sorted=[],this.labels={},this.blocks=new gn(this),this.resized=new ResizeObserver(([e])=>{this.columns=Math.max(1,Math.floor((e.contentRect.width+vn)/244))}),this.search=``,this.busyOnly=!1,this.columns=1,this.current=0,this.addEventListener(`keydown`,e=>e.key===`Escape`&&!this.shown&&(this.transferring=void 0))}static getStubConfig(){return{group_by:`none`}}static getConfigForm(){return K([G,W,Mt(`group_by`,[`none`,`area`,`label`,`queue`,`system`],`form.group_by`),{name:`busy_only`,selector:{boolean:{}}},At])}getGridOptions(){return{columns:`full`,min_columns:6}}setConfig(e){super.setConfig(e),this.busyOnly=e.busy_only??!1}willUpdate(){(this.store?A(this.store,this.config?.device):[]).some(e=>I(e,this.transferring))||(this.transferring=void 0)}updated(e){super.updated(e);let t=this.renderRoot.querySelector(`.people`);t&&this.resized.observe(t),this.shown&&cn(this.renderRoot),this.config?.group_by===`label`&&!Object.keys(this.labels).length&&this.readLabels().catch(()=>void 0)}disconnectedCallback(){super.disconnectedCallback(),this.resized.disconnect()}async readLabels(){this.labels={"":``};let e=await this.hass.callWS({type:`config/label_registry/list`});for(let t of e)this.labels[t.label_id]=t.name;this.requestUpdate()}get heading(){return this.config.title??this.t(`view.switchboard`)}renderCard(){if(!this.store.pbxs.size)return T;let e=this.listPeople(),{t}=this;return C`
      <div class="head">
        <h2>${this.heading}</h2>
        <div class="tools">
          <input
            type="search"
            aria-label=${t(`search.people`)}
            placeholder=${t(`search.people`)}
            .value=${this.search}
            @input=${e=>{this.search=e.target.value,this.current=0}}
            @keydown=${this.handleSearchKey}
          />
          <button aria-pressed=${this.busyOnly} @click=${()=>this.busyOnly=!this.busyOnly}>
            <ha-icon icon="mdi:phone-in-talk"></ha-icon>${t(`filter.busy`)}
          </button>
        </div>
      </div>
      ${this.renderMine()}
      <div class="body people" @pbx-chip=${this.handleChip} @keydown=${this.handleKey}>
        ${this.renderPeople(e)}
        <div class="sr" role="status">
          ${this.search||this.busyOnly?t(`people.count`,{count:e.length}):``}
        </div>
      </div>
      ${this.renderMoreDialog()}
    `}listPeople(){let e=new Map(this.store.list(`people`,this.config.entry).map(e=>[Sn(e),e])),t=e.size!==this.names.size;for(let[n,r]of e)t||=this.names.get(n)!==this.name(r);if(t){this.names=new Map([...e].map(([e,t])=>[e,this.name(t)]));let t=B(this.hass.locale.language);this.sorted=[...this.names].sort((e,n)=>t.compare(e[1],n[1])).map(([e])=>e)}let n=this.search.trim();return this.sorted.map(t=>e.get(t)).filter(e=>!this.busyOnly||V(e)).filter(e=>!n||_t(this.name(e),e.number,n))}renderPeople(e){let{t}=this;if(!e.length)return C`<div class="empty">${t(this.search?`people.nobody_found`:`people.none`)}</div>`;let n=Ct(e,this.config.group_by??`none`,this.store,this.hass,t(`group.none`),this.labels),r=[];this.order=[];for(let{name:e,people:t}of n){e&&r.push({heading:e});for(let e=0;e<t.length;e+=this.columns){let n=t.slice(e,e+this.columns);r.push({people:n,first:this.order.length}),this.order.push(...n)}}this.current=Math.min(this.current,this.order.length-1);let i=this.countMessages(),a=new Map([...this.store.pbxs.keys()].map(e=>[e,j(this.store,e,this.config.device)])),o=[];for(let e=0;e<r.length;e+=2)o.push(this.renderBlock(o.length,r.slice(e,e+2),i,a));return o}renderBlock(e,t,n,r){let i=t.reduce((e,t)=>e+(`heading`in t?yn:80),0),a=t.some(e=>`people`in e&&e.first<=this.current&&this.current<e.first+e.people.length);return C`<div data-block=${e} style="height:${i}px">
      ${this.order.length<=bn||this.blocks.has(e)||a?t.map(e=>`heading`in e?C`<h3>${e.heading}</h3>`:C`<div class="line-up" style="grid-template-columns:repeat(${this.columns},minmax(0,1fr))">
                  ${e.people.map((t,i)=>this.renderChip(t,e.first+i,n,r))}
                </div>`):T}
    </div>`}renderChip(e,t,n,r){let i=r.get(e.entry);return C`<pbx-chip
      data-index=${t}
      .person=${e}
      .name=${this.name(e)}
      .picture=${this.getPicture(e)}
      .messages=${n.get(`${e.entry} ${e.number}`)??0}
      .actions=${this.listActions(e,i)}
      .ahead=${this.store.ahead}
      .t=${this.t}
      .who=${this.getNamer(e.entry)}
      ?current=${t===this.current}
    ></pbx-chip>`}getNamer(e){let t=this.namers.get(e);return t||this.namers.set(e,t=t=>this.who(t,e)),t}listActions(e,t){let n=this.name(e),r=Ve(t,e)&&!this.transferring;return this.transferring&&F(t,e,this.transferring)?{tap:this.t(`action.transfer_to`,{who:n}),pickUp:r}:{tap:P(t,e)?this.t(`action.call_who`,{who:n}):void 0,pickUp:r}}getPicture(e){let t=e.person?this.hass.states[e.person]?.attributes.entity_picture:void 0;return typeof t==`string`?this.hass.hassUrl(t):void 0}countMessages(){let e=this.store.list(`mailboxes`).filter(e=>e.number);return new Map(e.map(e=>[`${e.entry} ${e.number}`,e.new??0]))}renderMine(){let{t:e}=this;return A(this.store,this.config.device).flatMap(e=>e.person.calls.map(t=>({me:e,call:t}))).map(({me:t,call:n})=>{let r=I(t,n.call_id)!==void 0,i=this.who(n,t.pbx.id);return C`<div class="mine" role="group" aria-label=${e(`view.my_phone`)}>
        <div class="handle" @pointerdown=${e=>r&&this.drag(e,t,n)}>
          <ha-icon icon=${r?`mdi:drag`:`mdi:phone-in-talk`}></ha-icon>
          <span class="grow">${L(H(e,n,i))}</span>
          <pbx-timer .since=${n.since} .ahead=${this.store.ahead}></pbx-timer>
        </div>
        <div class="buttons">
          ${Ze(t,n).filter(e=>e.name!==`tones`).map(e=>this.renderCallAction(t,n,e))}
        </div>
        ${this.transferring===n.call_id?C`<div class="quiet" role="status">${L(e(`transfer.choose`,{who:i}))}</div>`:T}
      </div>`})}renderCallAction(e,t,n){let{t:r}=this;return n.name===`transfer`?C`<button
        aria-pressed=${this.transferring===t.call_id}
        @click=${e=>this.toggleTransfer(e,t)}
      >
        <ha-icon icon=${n.icon}></ha-icon>${r(`action.transfer`)}
      </button>`:C`<button class=${n.look??``} @click=${()=>this.run(this.commander.press(e,n,t))}>
      <ha-icon icon=${n.icon}></ha-icon>${r(`action.${n.name}`)}
    </button>`}toggleTransfer(e,t){this.transferring=this.transferring===t.call_id?void 0:t.call_id;let n=e.detail===0;this.transferring&&n&&this.renderRoot.querySelector(`input[type=search]`)?.focus()}drag(e,t,n){let r,i=e=>{let r=e;return r&&this.renderRoot.contains(r)&&F(t,r.person,n.call_id)?r:void 0};pn(e,this.who(n,t.pbx.id),`pbx-chip`,e=>{let t=i(e);t!==r&&(r&&(r.target=!1),t&&(t.target=!0),r=t)},e=>{let t=i(e);t&&this.transfer(t.person,n.call_id)})}async transfer(e,t){this.transferring=void 0,this.search=``;let n=j(this.store,e.entry,this.config.device),r=I(n,t);n&&r&&e.number&&await this.run(this.commander.transfer(n,r,e.number),this.t(`done.transferred`,{who:this.name(e)}))}async handleChip(e){let{person:t,action:n}=e.detail,r=j(this.store,t.entry,this.config.device),i=Number(e.target.dataset.index);Number.isNaN(i)||(this.current=i),n===`more`||!r?this.shown={entry:t.entry,id:t.id}:n===`pick_up`?await this.run(this.commander.pickUp(r,t),this.t(`done.picked_up`)):this.transferring&&F(r,t,this.transferring)?await this.transfer(t,this.transferring):P(r,t)&&await this.call(r,t)}async call(e,t){await this.run(this.commander.dial(e,t.number),this.t(`done.calling`,{who:this.name(t)}))}handleSearchKey(e){(e.key===`ArrowDown`||e.key===`Enter`)&&(e.preventDefault(),this.focusChip(0))}handleKey(e){let t=getComputedStyle(this).direction===`rtl`?-1:1,n={ArrowRight:t,ArrowLeft:-t,ArrowDown:this.columns,ArrowUp:-this.columns,Home:-this.order.length,End:this.order.length}[e.key];!n||e.altKey||e.ctrlKey||e.metaKey||(e.preventDefault(),this.focusChip(Math.max(0,Math.min(this.order.length-1,this.current+n))))}async focusChip(e){this.current=e,await this.updateComplete;let t=this.renderRoot.querySelector(`pbx-chip[data-index="${e}"]`);t&&(await t.updateComplete,t.focus(),t.scrollIntoView({block:`nearest`}))}renderMoreDialog(){let e=this.shown&&this.store.get(`people`,this.shown.entry,this.shown.id);if(!e)return T;let t=j(this.store,e.entry,this.config.device),n=this.me===void 0,r=_n(this.t,this.store,e,t,{call:n=>this.run(this.commander.dial(t,n),this.t(`done.calling`,{who:this.name(e)})),pickUp:()=>this.run(this.commander.pickUp(t,e),this.t(`done.picked_up`)),transfer:()=>this.transfer(e,this.transferring),name:t=>vt(this.store,this.hass,e.entry,t)},n);return sn(this.t,this.name(e),r,()=>this.shown=void 0)}},Sn=e=>`${e.entry} ${e.id}`,Cn=[`good`,`warning`,`alert`],wn={good:`mdi:check-circle`,warning:`mdi:alert`,alert:`mdi:alert-octagon`},Tn={waiting_warning:2,waiting_alert:5,wait_warning:60,wait_alert:180,service_warning:80};function En(e,t,n){return e>=n?`alert`:e>=t?`warning`:`good`}var Dn=(...e)=>Cn[Math.max(...e.map(e=>Cn.indexOf(e)))],On=class extends q{static{this.properties={...q.properties,full:{state:!0},sound:{state:!0}}}static{this.styles=[R,o`
      .body {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr));
        align-content: start;
        gap: 20px 32px;
      }
      .queue h3 {
        display: flex;
        align-items: center;
        gap: 8px;
        margin: 0 0 8px;
        font-size: 1.15em;
        font-weight: 500;
      }
      .queue.good h3 ha-icon {
        color: var(--pbx-good);
      }
      .queue.warning h3 ha-icon,
      .number.warning ha-icon {
        color: var(--pbx-warn);
      }
      .queue.alert h3 ha-icon,
      .number.alert ha-icon {
        color: var(--pbx-bad);
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(104px, 1fr));
        gap: 8px;
        margin: 0 0 12px;
      }
      .number {
        display: flex;
        flex-direction: column-reverse;
        justify-content: flex-end;
        padding: 10px 12px;
        border: 1px solid var(--pbx-line);
        border-radius: 12px;
      }
      .number.warning {
        border: 2px solid var(--pbx-warn);
      }
      .number.alert {
        border: 2px solid var(--pbx-bad);
        background: color-mix(in srgb, var(--pbx-bad) 12%, transparent);
      }
      dt {
        color: var(--secondary-text-color);
        font-size: 0.9em;
      }
      dd {
        margin: 0;
        font-size: 1.8em;
        line-height: 1.2;
        white-space: nowrap;
        display: flex;
        gap: 6px;
        align-items: center;
      }
      h4 {
        margin: 8px 0 0;
        font-weight: 500;
        color: var(--secondary-text-color);
      }
      dd small {
        font-size: 0.6em;
        color: var(--secondary-text-color);
      }
      ha-card:fullscreen {
        background: var(--card-background-color, #fff);
        font-size: clamp(16px, 1.9vw, 40px);
        border-radius: 0;
      }
      ha-card:fullscreen .queue ha-icon {
        --mdc-icon-size: 1.2em;
      }
      ha-card:fullscreen .body {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 20em), 1fr));
      }
      ha-card:fullscreen dd {
        font-size: 2.6em;
        line-height: 1.1;
      }
      ha-card:fullscreen dl {
        grid-template-columns: repeat(auto-fill, minmax(6em, 1fr));
      }
      /* Who stands across the room reads, and presses nothing. */
      ha-card:fullscreen li button {
        display: none;
      }
      ha-card:fullscreen .row {
        min-height: 2em;
      }
    `]}constructor(){super(),this.sections=[`queues`,`people`],this.waiting=new Map,this.ticker=0,this.full=!1,this.sound=!1}static getStubConfig(){return{}}static getConfigForm(){let e=(e,t)=>({name:e,otherwise:Tn[e],selector:{number:{min:0,max:3600,mode:`box`,...t?{unit_of_measurement:t}:{}}}});return K([G,W,jt,e(`waiting_warning`),e(`waiting_alert`),e(`wait_warning`,`s`),e(`wait_alert`,`s`),e(`service_warning`,`%`),{name:`sound`,selector:{boolean:{}}}])}setConfig(e){super.setConfig(e),this.sound=e.sound??!1}connectedCallback(){super.connectedCallback(),this.ticker=window.setInterval(()=>this.listQueues().some(e=>e.longest_wait)&&this.requestUpdate(),1e3)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.ticker)}listQueues(){let e=this.config?.queues,t=this.store?.list(`queues`,this.config?.entry)??[],n=B(this.own?.locale.language??`en`);return t.filter(t=>!e?.length||e.includes(t.device_id??``)).sort((e,t)=>n.compare(e.name,t.name))}updated(e){super.updated(e);let t=!1;for(let e of this.listQueues()){let n=`${e.entry} ${e.id}`,r=this.waiting.get(n);t||=r!==void 0&&(e.waiting??0)>r,this.waiting.set(n,e.waiting??0)}t&&this.sound&&this.play()}play(){this.audio??=new AudioContext,[660,880].forEach((e,t)=>{let n=this.audio.createOscillator(),r=this.audio.createGain(),i=this.audio.currentTime+t*.25;n.frequency.value=e,r.gain.value=.15,n.connect(r).connect(this.audio.destination),n.start(i),n.stop(i+.2)})}get heading(){return this.config.title??this.t(`view.queues`)}renderCard(){let{t:e}=this;if(!this.store.pbxs.size)return T;let t=this.listQueues();return C`<div class="head">
        <h2>${this.heading}</h2>
        <button
          class="icon"
          aria-pressed=${this.sound}
          title=${e(this.sound?`queue.sound_off`:`queue.sound_on`)}
          aria-label=${e(this.sound?`queue.sound_off`:`queue.sound_on`)}
          @click=${()=>{this.sound=!this.sound,this.sound&&this.play()}}
        >
          <ha-icon icon=${this.sound?`mdi:volume-high`:`mdi:volume-off`}></ha-icon>
        </button>
        ${document.fullscreenEnabled?C`<button
              class="icon"
              title=${e(this.full?`queue.leave_full_screen`:`queue.full_screen`)}
              aria-label=${e(this.full?`queue.leave_full_screen`:`queue.full_screen`)}
              @click=${this.toggleFull}
            >
              <ha-icon icon=${this.full?`mdi:fullscreen-exit`:`mdi:fullscreen`}></ha-icon>
            </button>`:T}
      </div>
      <div class="body">
        ${t.length?t.map(e=>this.renderQueue(e)):C`<div class="empty">${e(`queue.none`)}</div>`}
      </div>`}async toggleFull(){let e=this.renderRoot.querySelector(`ha-card`);this.full?await document.exitFullscreen():(await e.requestFullscreen(),this.full=!0,e.addEventListener(`fullscreenchange`,()=>this.full=!!document.fullscreenElement))}renderQueue(e){let{t}=this,n={...Tn,...this.config},r=e.longest_wait?(this.store.now()-Date.parse(e.longest_wait))/1e3:0,i=En(e.waiting??0,n.waiting_warning,n.waiting_alert),a=En(r,n.wait_warning,n.wait_alert),o=e.service_level!==null&&e.service_level<n.service_warning?`warning`:`good`,s=Dn(i,a,o),{facts:c}=this.store.pbxs.get(e.entry),[l,u,d]=c.connected?[wn[s],s,t(`queue.level.${s}`)]:[`mdi:lan-disconnect`,``,t(`system.disconnected`)];return C`<div class="queue ${u}" role="group" aria-label=${e.name}>
      <h3>
        <ha-icon icon=${l}></ha-icon><span class="grow"
          ><bdi>${e.name}</bdi>${this.store.pbxs.size>1?C` <small class="quiet"><bdi>${c.title}</bdi></small>`:T}</span
        >
        <span class="quiet">${d}</span>
      </h3>
      <dl>
        ${this.renderNumber(`queue.waiting`,e.waiting,i)}
        ${this.renderNumber(`queue.longest_wait`,e.longest_wait&&C`<pbx-timer .since=${e.longest_wait} .ahead=${this.store.ahead}></pbx-timer>`,a)}
        ${this.renderNumber(`queue.service_level`,e.service_level===null?null:L(`${Math.round(e.service_level)}\u00a0%`),o)}
        ${this.renderNumber(`queue.answered`,e.answered)} ${this.renderNumber(`queue.aborted`,e.aborted)}
        ${e.agents_free===null?this.renderNumber(`queue.agents`,e.agents_logged_in):this.renderNumber(`queue.agents_free`,C`<span>${e.agents_free}<small> / ${e.agents_logged_in??e.agents.length}</small></span>`)}
      </dl>
      ${e.calls.length?C`<h4>${t(`queue.callers`)}</h4>
            <ul>
              ${e.calls.map(t=>C`<li class="row">
                    <span>${t.position}</span>${this.renderFace(t)}<span class="grow"
                      ><bdi>${this.who(t,e.entry)}</bdi></span
                    >${this.renderGroups(t)}
                    ${t.since?C`<pbx-timer .since=${t.since} .ahead=${this.store.ahead}></pbx-timer>`:T}
                  </li>`)}
            </ul>`:T}
      ${e.agents.length?C`<h4>${t(`queue.agents`)}</h4>
            <ul>
              ${e.agents.map(t=>this.renderAgent(e,t))}
            </ul>`:T}
    </div>`}renderNumber(e,t,n=`good`){return t==null?T:C`<div class="number ${n}">
      <dd>${t}${n===`good`?T:C`<ha-icon icon=${wn[n]}></ha-icon>`}</dd>
      <dt>${this.t(e)}</dt>
    </div>`}renderAgent(e,t){let{t:n}=this,r=this.store.get(`people`,e.entry,t.user),i=t.logged_in===!1,a=r?.calls.at(0),o=t.paused?`mdi:pause-circle`:i?`mdi:account-off-outline`:`mdi:account-check`,s=t.paused?n(`queue.paused`):i?n(`queue.logged_out`):t.logged_in?n(`queue.logged_in`):``,c=r?n(`status.${r.status}`):t.status??``,l=s?r&&V(r)?`${s} · ${c}`:s:c;return C`<li class="row">
      <ha-icon icon=${o}></ha-icon>
      <span class="grow"><bdi>${r?this.name(r):t.name}</bdi> <span class="quiet">${l}</span></span>
      ${a?C`<pbx-timer .since=${a.since} .ahead=${this.store.ahead}></pbx-timer>`:T}
      ${t.paused&&t.paused_since&&!a?C`<pbx-timer .since=${t.paused_since} .ahead=${this.store.ahead}></pbx-timer>`:T}
      ${r?this.renderAgentButtons(e,t,r):T}
    </li>`}renderAgentButtons(e,t,n){let r=this.store.pbxs.get(e.entry),i=t.paused===null?[`pause`,`resume`]:[t.paused?`resume`:`pause`],a=t.logged_in?[...i,`logout`]:[`login`],o={resume:`queue.resume`,pause:`queue.pause`,logout:`queue.log_out`,login:`queue.log_in`};return a.filter(i=>Ue(r,e,t,n,i)).map(t=>{let r=this.t(o[t]);return C`<button
          aria-label="${r}: ${this.name(n)}"
          @click=${()=>this.run(this.commander.setAgent(n,e.device_id,t))}
        >
          ${r}
        </button>`})}},kn=500,An=400,jn=class extends k{constructor(...e){super(...e),this.holding=0,this.held=!1}static{this.properties={person:{attribute:!1},name:{},picture:{},messages:{type:Number},actions:{attribute:!1},ahead:{type:Number},t:{attribute:!1},who:{attribute:!1},current:{type:Boolean},target:{type:Boolean,reflect:!0}}}static{this.styles=[R,o`
      :host {
        height: auto;
        min-width: 0;
        /* The card knows whether it is dark. */
        --pbx-good: inherit;
        --pbx-bad: inherit;
        --pbx-warn: inherit;
      }
      .chip {
        box-sizing: border-box;
        position: relative;
        display: flex;
        align-items: stretch;
        height: 72px;
        border: 1px solid var(--pbx-line);
        border-radius: 12px;
        overflow: hidden;
        border-inline-start: 4px solid var(--status);
      }
      .chip.ringing {
        border-color: var(--status);
        background: color-mix(in srgb, var(--pbx-warn) 10%, transparent);
      }
      :host([target]) .chip {
        outline: 2px dashed var(--primary-color);
        outline-offset: -2px;
      }
      .main {
        flex: 1 1 auto;
        min-width: 0;
        justify-content: flex-start;
        text-align: start;
        border: none;
        border-radius: 0;
        padding-block: 0;
        padding-inline: 10px 4px;
        gap: 10px;
        user-select: none;
        -webkit-touch-callout: none;
      }
      .main:focus-visible {
        outline-offset: -3px;
      }
      .face {
        position: relative;
        flex: none;
        width: 42px;
        height: 42px;
      }
      .face img,
      .face .initials {
        width: 42px;
        height: 42px;
        border-radius: 50%;
        object-fit: cover;
        display: flex;
        align-items: center;
        justify-content: center;
        background: color-mix(in srgb, var(--primary-text-color) 12%, transparent);
        font-weight: 500;
      }
      .initials::after {
        content: attr(data-text) / "";
      }
      .face ha-icon {
        position: absolute;
        inset-inline-end: -5px;
        bottom: -5px;
        --mdc-icon-size: 18px;
        color: var(--status);
        background: var(--card-background-color, #fff);
        border-radius: 50%;
        display: flex;
        padding: 1px;
      }
      .text {
        flex: 1 1 auto;
        min-width: 0;
        line-height: 1.3;
      }
      .text > span {
        display: block;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .name {
        font-weight: 500;
      }
      .line {
        display: flex !important;
        gap: 6px;
      }
      .line > span:first-child {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .line pbx-timer {
        flex: none;
        display: inline;
        margin-inline-start: auto;
      }
      .badges {
        display: flex;
        gap: 4px;
        --mdc-icon-size: 16px;
        color: var(--secondary-text-color);
      }
      .dnd {
        color: var(--pbx-bad);
      }
      .side {
        flex: none;
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        padding-inline-end: 2px;
      }
      .dots {
        font-size: 1.4em;
        font-weight: 700;
      }
      .side .icon {
        width: 36px;
        min-height: 36px;
      }
    `]}get call(){return this.person.calls[0]}render(){let{person:e,t}=this,n=e.status,r=this.messages>0;return C`<div
      class="chip ${n}"
      role="group"
      aria-label=${this.name}
      style="--status:${et[n]??et.unknown}"
    >
      <button
        class="main"
        tabindex=${this.current?0:-1}
        @click=${this.tap}
        @contextmenu=${this.open}
        @pointerdown=${this.startHolding}
        @pointerup=${this.stopHolding}
        @pointerleave=${this.stopHolding}
        @pointercancel=${this.stopHolding}
      >
        <span class="face">
          ${this.picture?C`<img src=${this.picture} alt="" loading="lazy" />`:C`<span class="initials" data-text=${Mn(this.name)}></span>`}
          <ha-icon icon=${$e[n]??$e.unknown}></ha-icon>
        </span>
        <span class="text">
          <span class="line"
            ><span class="name"><bdi>${this.name}</bdi></span
            ><span class="badges">
              ${e.do_not_disturb?C`<ha-icon class="dnd" icon="mdi:bell-off" title=${t(`do_not_disturb`)}></ha-icon>`:T}
              ${this.describeForwards()?C`<ha-icon icon="mdi:call-split" title=${this.describeForwards()}></ha-icon>`:T}
              ${r?C`<ha-icon icon="mdi:voicemail"></ha-icon>`:T}
            </span></span
          >
          <span class="line quiet">${this.renderLine()}</span>
          <span class="quiet"><bdi>${e.number??``}</bdi>${this.renderMore()}</span>
          <span class="sr">${this.describeSigns()}</span>
        </span>
      </button>
      <div class="side">
        ${this.actions.pickUp?C`<button
              class="icon good"
              tabindex=${this.current?0:-1}
              title=${t(`action.pick_up`)}
              aria-label="${t(`action.pick_up`)}: ${this.name}"
              @click=${()=>this.send(`pick_up`)}
            >
              <ha-icon icon="mdi:phone-incoming"></ha-icon>
            </button>`:C`<button
              class="icon"
              tabindex=${this.current?0:-1}
              title=${t(`action.more`,{who:this.name})}
              aria-label=${t(`action.more`,{who:this.name})}
              @click=${()=>this.send(`more`)}
            >
              <span class="dots" aria-hidden="true">⋮</span>
            </button>`}
      </div>
    </div>`}renderLine(){let e=this.call,t=L(this.describeCall());return e?C`${t}<pbx-timer .since=${e.since} .ahead=${this.ahead}></pbx-timer>`:t}renderMore(){let e=this.knocking;if(e)return C` · <bdi>${this.t(`call.knocking`,{who:this.who(e)})}</bdi>`;let{presence:t,presence_note:n}=this.person,r=this.call?.groups?.join(`, `),i=t&&![`available`,`on_the_phone`,`offline`].includes(t)&&!this.person.do_not_disturb;return(r?[r]:[i?this.t(`presence.${t}`):``,n??``]).filter(Boolean).map(e=>C` · <bdi>${e}</bdi>`)}get knocking(){return this.call?.state===`ringing`?void 0:this.person.calls.find(e=>e.state===`ringing`)}describeCall(){let{t:e,call:t}=this;return t?H(e,t,this.who(t)):e(`status.${this.person.status}`)}describeSigns(){let{t:e,person:t}=this;return[t.do_not_disturb?e(`do_not_disturb`):``,this.describeForwards(),this.messages>0?e(`new_messages`,{count:this.messages}):``,this.actions.tap??``].filter(Boolean).join(`, `)}describeForwards(){return xt(this.t,this.person).join(`, `)}send(e){let t={person:this.person,action:e};this.dispatchEvent(new CustomEvent(`pbx-chip`,{detail:t,bubbles:!0,composed:!0}))}tap(){this.held||this.send(this.actions.tap?`tap`:`more`)}open(e){e.preventDefault(),this.stopHolding(),this.held||this.send(`more`)}startHolding(){this.held=!1,this.holding=window.setTimeout(()=>{this.held=!0,this.send(`more`)},kn)}stopHolding(){clearTimeout(this.holding),window.setTimeout(()=>this.held=!1,An)}focus(){this.renderRoot.querySelector(`.main`)?.focus()}shouldUpdate(e){if(e.size>1||!e.has(`actions`))return!0;let t=e.get(`actions`);return t?.tap!==this.actions.tap||t?.pickUp!==this.actions.pickUp}};function Mn(e){let t=e.split(/\s+/).filter(Boolean);return(t.length>1?[t[0],t[t.length-1]]:t.slice(0,1)).map(e=>[...e][0].toLocaleUpperCase()).join(``)}function Z(e,t){let n=window[e]??=[];n.some(e=>e.type===t.type)||n.push(t)}function Q(e,t){customElements.get(e)||customElements.define(e,t)}var Nn=[`people`,`phones`,`queues`,`mailboxes`,`switches`,`calls`],Pn=4e3,Fn=class extends HTMLElement{static{this.registryDependencies=[`devices`,`entities`]}static async getCreateSuggestions(e){return{title:U(e)(`strategy.name`),icon:`mdi:phone`}}static shouldRegenerate(e,t,n){return Ln(t)!==Ln(n)}static async generate(e,t){let n=mt(t);return await n.whenLoaded(Pn,...Nn),{views:In(n,t)}}};function In(e,t){let n=U(t),r=(e,t,n,...r)=>({title:e,path:t,icon:n,type:`sections`,max_columns:4,sections:r.filter(e=>e.length).map(e=>({type:`grid`,cards:e}))}),i=t=>e.list(t).length>0,a=[...e.pbxs.values()].some(e=>e.can(`parked_calls`)||e.can(`park`)),o={type:`custom:pbx-my-phone-card`,grid_options:{columns:`full`}},s={type:`custom:pbx-switchboard-card`,grid_options:{columns:`full`},...e.pbxs.size>1?{group_by:`system`}:{}},c={type:`custom:pbx-calls-card`,grid_options:{columns:`full`}},l=(e,t)=>t?[{type:`custom:pbx-${e}-card`,grid_options:{columns:`full`}}]:[],u=ze(e)!==void 0,d=u?[...l(`parked`,a),{...c,only:`mine`}]:[],f=r(n(`view.my_phone`),`my-phone`,`mdi:deskphone`,[o],d),p={...r(n(`view.switchboard`),`switchboard`,`mdi:account-group`,[s],l(`parked`,a)),...i(`queues`)?{badges:[{type:`custom:pbx-waiting-badge`}]}:{}},ee=r(n(`view.queues`),`queues`,`mdi:account-clock`,l(`wallboard`,!0)),m=t.user?.is_admin??!1;for(let e of[p,ee])e.sections[0].column_span=3;return[...u?[f,p]:[p,...m?[f]:[]],...i(`queues`)?[ee]:[],r(n(`view.calls`),`calls`,`mdi:phone-log`,[c]),r(n(`view.system`),`system`,`mdi:server-network`,l(`system`,!0),l(`switches`,i(`switches`)),l(`mailboxes`,i(`mailboxes`)))]}function Ln(e){let t=new Set;for(let n of Object.values(e.entities))n.platform===`pbx`&&n.device_id&&t.add(n.device_id);return t.size}var Rn={"pbx-switchboard-card":/^(active_calls|connectivity|line_status|status|other_party|on_a_call|presence)$/,"pbx-my-phone-card":/^(line_status|status|other_party|on_a_call|do_not_disturb|missed_calls|call_forward.*|presence)$/,"pbx-wallboard-card":/^(calls_waiting|longest_wait|agents.*|service_level|answered_calls|aborted_calls)$/,"pbx-calls-card":/^(last_call|missed_calls|active_calls|calls_to_return|call)$/,"pbx-parked-card":/^parked_calls$/,"pbx-switches-card":/^routing_switch$/,"pbx-system-card":/^(connectivity|version|registered)$/,"pbx-mailboxes-card":/^(new_messages|has_new_messages|old_messages|urgent_messages)$/};function zn(e,t,n){let r=t.entities?.[n];if(r?.platform!==`pbx`||!Rn[e]?.test(r.translation_key??``))return null;let i={type:`custom:${e}`};e===`pbx-my-phone-card`&&r.device_id&&(i.device=r.device_id),e===`pbx-wallboard-card`&&r.device_id&&(i.queues=[r.device_id]);let a=t.devices?.[r.device_id??``],o=Object.keys(i).length>1?a?.name_by_user??a?.name:void 0;return{...o?{label:o}:{},config:i}}var Bn=`https://github.com/ha-pbx/ha-pbx/blob/main/docs/dashboard.md`,Vn=[[`switchboard`,`pbx-switchboard-card`,xn],[`my_phone`,`pbx-my-phone-card`,$t],[`wallboard`,`pbx-wallboard-card`,On],[`calls`,`pbx-calls-card`,Ut],[`parked`,`pbx-parked-card`,tn],[`mailboxes`,`pbx-mailboxes-card`,nn],[`switches`,`pbx-switches-card`,rn],[`system`,`pbx-system-card`,an]],$=Ot();Q(`pbx-timer`,ot),Q(`pbx-chip`,jn);for(let[e,t,n]of Vn)Q(t,n),Z(`customCards`,{type:t,name:$(`card.${e}`),description:$(`card.${e}.description`),preview:!0,documentationURL:Bn,getEntitySuggestion:(e,n)=>zn(t,e,n)});Q(`pbx-call-actions-feature`,Gt),Z(`customCardFeatures`,{type:`pbx-call-actions-feature`,name:$(`feature.call_actions`),isSupported:Gt.isSupported}),Q(`pbx-waiting-badge`,Kt),Z(`customBadges`,{type:`pbx-waiting-badge`,name:$(`badge.waiting`),description:$(`badge.waiting.description`),preview:!0,documentationURL:Bn}),Q(`ll-strategy-dashboard-pbx`,Fn),Z(`customStrategies`,{type:`pbx`,strategyType:`dashboard`,name:$(`strategy.name`),description:$(`strategy.description`),documentationURL:Bn});